"""The evidence: what the names on a watched step's lines mean while they run.

Part of the probe, whose rules hold here too, and what is told is in `evidence.rs`.  A tracer hears of
each line of the scenario's code just before it runs.  What stands on the line is in the syntax tree of
the source that the code was made of (`lines.py`); what it means is looked up as Python would, but raw,
and not at all where that would run code (`looks.py`, and `values.py`).  Tokens are for the end of the step,
when the census has given them out; until then objects are known by weak references here as well.
"""

import gc
import sys
import types
import weakref

PY2 = sys.version_info[0] == 2
gettrace, settrace, exc_info = sys.gettrace, sys.settrace, sys.exc_info
getframe, getrecursionlimit = sys._getframe, sys.getrecursionlimit
loaded, raw_get = sys.modules, dict.get
# Given by the probe: raw, lines, values, operands, reloads, looks and threads.
class_of, mro_of = raw.class_of, raw.mro_of  # noqa: F821
full_name, to_text = raw.full_name, raw.to_text  # noqa: F821
COMPREHENSIONS, codes_in, names_read = lines.COMPREHENSIONS, lines.codes_in, lines.names_read  # noqa: F821
Imports = lines.Imports  # noqa: F821
find_scope, is_same_code, kind_of = lines.find_scope, lines.is_same_code, lines.kind_of  # noqa: F821
is_moved, parse, path_of, scopes_in = lines.is_moved, lines.parse, lines.path_of, lines.scopes_in  # noqa: F821
InstanceOf, MISSING = values.InstanceOf, values.MISSING  # noqa: F821
is_class = values.is_class  # noqa: F821
is_other_generation, key_of = values.is_other_generation, values.key_of  # noqa: F821
meaning_of, nature_of = values.meaning_of, values.nature_of  # noqa: F821
refer = values.refer  # noqa: F821
Operand = operands.Operand  # noqa: F821
made_by = operands.made_by  # noqa: F821
Reloads, Look, SEERS = reloads.Reloads, looks.Look, looks.SEERS  # noqa: F821
Threads = threads.Threads  # noqa: F821

USES = 200  # of a step
RUNS = 100  # of a step, beside the uses
RUNS_OF_ONE = 4  # of the same code
MEANINGS = 3  # of the same expression
VISITS = 30  # of a line
EVENTS = 100000  # of a step
OPTIMIZED = 0x1  # inspect.CO_OPTIMIZED: locals are not in a namespace
# Special methods of two objects, and what they return where the two have nothing to do with each other.
MEETINGS = dict.fromkeys(["__%s__" % name for name in (
    "lt le gt ge add sub mul truediv floordiv mod divmod pow and or xor lshift rshift matmul").split()], ())
MEETINGS.update({"__eq__": (False,), "__ne__": (True,)})


class Watch(object):
    """The tracer of a run's watched steps, and the sources of the run's code."""

    def __init__(self, census, relative):
        self.census = census
        self.relative = relative
        self.statements = []
        self.files = {}
        self.reloads = Reloads(self, census)
        self.parsed = {}
        self.imports = {}
        self.tracer, self.local = self.on_call, self.on_event
        self.thread_tracer = self.on_call_in_thread
        self.main, self.ident = 0, int
        self.forget()

    def begin(self, send):
        """Begins with a step.  `send` is told at once of what is seen, where the step may be the run's end."""
        self.forget()
        self.send = send
        self.full = False

    def forget(self):
        self.send = None
        self.full = True  # a generator may still have the tracer when it is resumed in a later step
        self.uses = []
        self.told = {}
        self.lines = {}
        self.functions = {}
        self.visits = {}
        self.raised = {}
        self.runs, self.meetings = {}, {}
        self.threads = Threads()
        self.reloads.unfinished = []
        self.calls = self.events = self.ran = 0

    def note_statement(self, code, tree):
        self.statements.append((code, tree))

    def note_file(self, name, content):
        self.files.setdefault(to_text(name), []).append(content)

    def take(self):
        """The uses of the step, as data; only after the census has taken its look."""
        uses = self.threads.put_into([use for use in self.uses if not use["thread"]])
        # Which of several threads came first is a matter of chance.
        key = lambda use: (use["file"], use["line"], use["role"], use["text"])  # noqa: E731
        uses += sorted([use for use in self.uses if use["thread"]], key=key)
        told = [self.as_data(use) for use in uses]
        self.forget()
        return told

    def as_data(self, use):
        on = use["on"]
        on = on and {"text": on[0], "meaning": self.in_tokens(on[1])}
        return dict(use, meaning=self.in_tokens(use["meaning"]), on=on)

    def in_tokens(self, meaning):
        if meaning is None:
            return None
        cls = meaning["class"]
        return dict(
            meaning,
            token=self.token(meaning["token"]),
            mro=[self.reference(base) for base in meaning["mro"]],
            **{"class": cls and self.reference(cls)}
        )

    def token(self, reference):
        address, weak, kind = reference
        if weak is None:
            entry = self.census.known.get(address)
            return entry[0] if entry is not None and entry[1] is None and entry[2] is kind() else None
        value = weak()
        return None if value is None else self.census.token(value)

    def reference(self, cls):
        reference, name = cls
        token = self.token(reference)
        return name if token is None else token

    # -- the tracer

    def on_call(self, frame, event, arg):
        try:
            self.calls += 1
            if self.calls % 16 == 0 and is_deep(frame):
                self.stop()  # the limit of recursion is the scenario's to reach
            if self.full:
                return None
            self.threads.note_join(self.ident(), frame)
            is_met = frame.f_code.co_name in MEETINGS and self.meet(frame)
            lines = self.lines_of(frame.f_code)
            if lines is not None:
                if frame.f_code.co_name == "<module>":
                    self.reloads.note_executed(frame.f_code)
                self.on_run(frame.f_code, lines)
            elif frame.f_code.co_filename == "<string>":
                self.on_call_of_text(frame)
            return self.local if is_met or lines is not None else None
        except BaseException:
            if not self.is_own_failure():
                raise

    def on_run(self, code, lines):
        """Tells that a function runs: there may be no name on its lines, nor one by which it was called."""
        name = code.co_name
        count = self.runs[id(code)] = self.runs.get(id(code), 0) + 1
        if not code.co_flags & OPTIMIZED or name in COMPREHENSIONS.values():
            return
        if count <= RUNS_OF_ONE and self.ran < RUNS:
            self.ran += 1
            self.add({
                "file": self.relative(code.co_filename),
                "line": code.co_firstlineno,
                "function": to_text(name),
                "code": id(code),
                "role": "run",
                "text": lines.path,
                "found": "nowhere",
                "meaning": None,
                "on": None,
                "thread": False,
                "outdated": lines.is_outdated,
                "gone": lines.is_gone,
            })

    def on_call_of_text(self, frame):
        """Tells what names of a module a text means that is evaluated in it: of its lines nothing is known."""
        code, namespace = frame.f_code, frame.f_globals
        # One with a comprehension in it has variables as well, and on 3.12 asking for them may show.
        if code.co_flags & OPTIMIZED or code.co_varnames or not self.reloads.is_own(namespace):
            return
        own = frame.f_locals
        if type(own) is not dict:
            return
        for name in names_read(code):
            is_local = own is not namespace and name in own
            if not is_local and name not in frame.f_builtins:
                value = raw_get(namespace, name, MISSING)
                operand = Operand(to_text(name), "nowhere" if value is MISSING else "global", value)
                of = full_name(value) if is_class(value) else None
                self.tell(frame, code.co_firstlineno, "name", operand, None, of=of)

    def on_event(self, frame, event, arg):
        try:
            if self.full:
                pass
            elif event == "line":
                self.on_line(frame)
            elif event == "exception":
                self.raised[id(frame)] = refer(arg[0])[1]
                self.on_exception(frame)
            elif event == "return":
                self.raised.pop(id(frame), None)
                self.part(frame, arg)
        except BaseException:
            if not self.is_own_failure():
                raise
        return self.local

    def on_line(self, frame):
        self.events += 1
        lines, line = self.lines_of(frame.f_code), frame.f_lineno
        self.threads.note_line(self.ident(), lines is None or line in lines.stored)
        items = lines and lines.items.get(line)
        if not items:
            return
        key = (id(frame.f_code), line)
        self.visits[key] = self.visits.get(key, 0) + 1
        if self.visits[key] <= VISITS:
            for see, node, hidden in items:
                SEERS[see](Look(self, frame, lines, line, hidden), node)
        if len(self.uses) - self.ran >= USES or self.events >= EVENTS:
            self.stop()

    def on_exception(self, frame):
        """Looks once more at what is inside a comprehension: before the line ran, its variables meant nothing."""
        lines, line = self.lines_of(frame.f_code), frame.f_lineno
        for see, node, hidden in lines.items.get(line, ()) if lines else ():
            if hidden:
                SEERS[see](Look(self, frame, lines, line, ()), node)

    def meet(self, frame):
        """Notes that a special method is called with objects of two generations, which need not stand on any line."""
        code = frame.f_code
        if code.co_argcount != 2:
            return False
        one, other = [frame.f_locals.get(name) for name in code.co_varnames[:2]]
        if is_class(one) or not is_other_generation(one, other):
            return False
        self.meetings[id(frame)] = InstanceOf(class_of(one)), InstanceOf(class_of(other))
        return True

    def part(self, frame, result):
        """Tells of two generations that had nothing to do with each other, where the scenario's code made them meet."""
        met = self.meetings.pop(id(frame), None)
        if met is None or not any(result is useless for useless in MEETINGS[frame.f_code.co_name] + (NotImplemented,)):
            return
        outer = frame.f_back
        while outer is not None and self.lines_of(outer.f_code) is None:
            outer = outer.f_back
        if outer is not None:
            sides = [Operand(text, "local", value) for text, value in zip((u"one side", u"the other"), met)]
            self.tell(outer, outer.f_lineno, "meet", sides[0], sides[1])

    def note_archive(self, path):
        """Tells of an archive of which a reload will not read what it holds, on the line that reloads."""
        frame = None if path is None or self.full else getframe(1)
        while frame is not None and self.lines_of(frame.f_code) is None:
            frame = frame.f_back
        if frame is not None:
            operand = Operand(self.relative(path), "nowhere", MISSING)
            self.tell(frame, frame.f_lineno, "archive", operand, None)

    def stop(self):
        self.full = True
        if gettrace() is self.tracer:
            settrace(None)

    def is_own_failure(self):
        """Whether what was raised is the tracer's own, and not a signal handler's that ran in its midst."""
        kind, _, trace = exc_info()
        while trace.tb_next is not None:
            trace = trace.tb_next
        return kind is not KeyboardInterrupt and trace.tb_frame.f_code.co_filename in own_files  # noqa: F821

    # -- threads

    def follow_threads(self):
        """Has threads traced from their start: a job that is in flight at a watched step began before it."""
        thread = __import__("thread" if PY2 else "_thread")
        start, self.main = thread.start_new_thread, thread.get_ident()
        self.ident = thread.get_ident

        def start_new_thread(function, args, kwargs={}):
            return start(self.run_thread, (self.follow(function), function, args, kwargs))
        replaced = {"start_new_thread": start_new_thread}
        if hasattr(thread, "start_joinable_thread"):  # 3.13
            joinable = thread.start_joinable_thread

            def start_joinable_thread(function, handle=None, daemon=True):
                followed = self.follow(function)
                return joinable(lambda: self.run_thread(followed, function, (), {}), handle=handle, daemon=daemon)
            replaced["start_joinable_thread"] = start_joinable_thread
        for name, function in replaced.items():
            setattr(thread, name, function)
            if "_" + name in vars(loaded.get("threading", types)):
                setattr(loaded["threading"], "_" + name, function)

    def run_thread(self, followed, function, args, kwargs):
        if followed is not None:
            followed.ident = self.ident()
        settrace(self.thread_tracer)
        return function(*args, **kwargs)

    def follow(self, function):
        if self.full:
            return None
        return self.threads.follow(self.ident(), function, sum(not use["thread"] for use in self.uses))

    def on_call_in_thread(self, frame, event, arg):
        try:
            self.threads.note_join(self.ident(), frame)
            return None if self.lines_of(frame.f_code) is None else self.local
        except BaseException:
            if not self.is_own_failure():
                raise

    # -- the sources

    def lines_of(self, code):
        """What there is to see on the lines of a code object; None where it is not the scenario's."""
        known = self.lines.get(id(code))
        if known is None:
            known = self.lines[id(code)] = (code, self.find_lines(code))  # which keeps the id from being reused
        return known[1]

    def find_lines(self, code):
        if code.co_filename == "<stdin>":
            for own, tree in reversed(self.statements):
                if any(inner is code for inner in codes_in(own)):
                    return find_scope(scopes_in(tree), code)
            return None
        name = self.relative(code.co_filename)
        for content in reversed(self.files.get(name, ())):
            if (name, content) not in self.parsed:
                self.parsed[name, content] = parse(content, code.co_filename)
            codes, scopes = self.parsed[name, content]
            if any(is_same_code(inner, code) for inner in codes):
                found = find_scope(scopes, code)
                if found is not None:
                    found.path = path_of(codes, code)
                    found.imports = self.imports_of(name, content)
                    found.is_outdated = self.is_outdated(name, code)
                    today = self.codes_today(name, code) if found.is_outdated else []
                    found.is_gone = found.is_outdated and not any(path_of(today, one) == found.path for one in today)
                return found
        return None

    def imports_of(self, name, content):
        if (name, content) not in self.imports:
            scope = self.parsed[name, content][1].get(("<module>", None))
            self.imports[name, content] = scope and Imports(scope[0][0])
        return self.imports[name, content]

    def is_outdated(self, name, code):
        """Whether what a file holds today has no such code in it."""
        codes = self.codes_today(name, code)
        return bool(codes) and not any(is_moved(inner, code) for inner in codes)

    def codes_today(self, name, code):
        content = self.files[name][-1]
        if (name, content) not in self.parsed:
            self.parsed[name, content] = parse(content, code.co_filename)
        return self.parsed[name, content][0]

    # -- the records

    def tell(self, frame, line, role, operand, on, of=None, holds=None, own=False):
        """Records a use; the value of the operand may be MISSING."""
        code = frame.f_code
        in_thread, thread = self.ident() != self.main, None
        if in_thread and role == "name":
            # How far a thread is at a step is a matter of chance, unless the step starts it and waits for it; what a
            # class is used on is not.
            thread = self.threads.running(self.ident())
            if thread is None:
                return
        means = None if operand.value is MISSING else meaning_of(operand.value)
        on = on and (on.text, meaning_of(on.value))
        known = self.told if thread is None else thread.told
        told = known.setdefault((id(code), line, role, operand.text, of), [])
        key = (operand.found, key_of(means), on and (on[0], key_of(on[1])))
        count = len(self.uses) - self.ran if thread is None else len(thread.uses)
        if key in told or len(told) >= MEANINGS or count >= USES:
            return
        told.append(key)
        use = {
            "file": self.relative(code.co_filename),
            "line": line,
            "function": to_text(code.co_name),
            "code": id(code),
            "role": role,
            "text": operand.text,
            "found": operand.found,
            "meaning": means,
            "on": on,
            "holds": holds,
            "own": own,
            "thread": in_thread,
            "past": self.past_of(frame, operand) if role == "name" else None,
        }
        if thread is None:
            self.add(use)
        else:
            thread.uses.append(use)

    def past_of(self, frame, operand):
        """What the reloads before have to do with what a name means that has no identity."""
        if operand.value is MISSING:
            return self.reloads.past_of_missing(operand.names, frame.f_globals)
        if nature_of(operand.value) != "instance":
            return None
        past = self.reloads.past(operand.names, operand.value, frame.f_globals)
        lines = self.lines_of(frame.f_code)
        imports = lines and lines.imports
        if past is not None and imports is not None and len(operand.names) == 1:
            past.update(self.reloads.origin(imports, operand.names[0], operand.value, frame.f_globals) or {})
        return past

    def add(self, use):
        self.uses.append(use)
        if self.send is not None:
            self.send({"frame": "use", "seen": self.as_data(use)})

    def functions_of(self, code):
        """The functions that run a code object."""
        known = self.functions.get(id(code))
        if known is None:
            found = [value for value in gc.get_referrers(code) if type(value) is types.FunctionType]
            known = self.functions[id(code)] = [weakref.ref(value) for value in found if value.__code__ is code]
        return [function for function in [reference() for reference in known] if function is not None]


def is_deep(frame):
    """Whether the limit of recursion may be near, so that the tracer's calls could reach it first.

    A frame may count for several calls, those of C code.
    """
    depth, limit = 0, getrecursionlimit() // 4
    while frame is not None and depth < limit:
        frame = frame.f_back
        depth += 1
    return frame is not None
