"""The census: which objects of the scenario's there are after a step, what they are called, what changed.

Part of the probe, whose rules hold here too.  Classes, functions and modules are
found by the names that reach them; a class that no name reaches is found below
its base.  Types are compared by identity only: `==` and `hash()` may be a
metaclass's.
"""

import sys
import types
import weakref

PY2 = sys.version_info[0] == 2
# Names that the interpreter itself puts into a namespace in which code runs.
BOOKKEEPING = frozenset(["__annotations__", "__conditional_annotations__", "__warningregistry__"])
HELD_LIMIT = 1000
loaded = sys.modules
# Given by the probe: raw, hidden, own and basis.
# ruff: noqa: F821
CONSTANTS, CONTAINERS, PLAIN, class_types = raw.CONSTANTS, raw.CONTAINERS, raw.PLAIN, raw.class_types
class_namespace, class_of, module_dict, mro_of = raw.class_namespace, raw.class_of, raw.module_dict, raw.mro_of
first_line, full_name, public_name, qualified_name = raw.first_line, raw.full_name, raw.public_name, raw.qualified_name
to_text, unwrapped, value_module = raw.to_text, raw.unwrapped, raw.value_module


class Census(object):
    """Which objects of the scenario's there are, what they are called, and what changed since the last look.

    An object is known by a token.  `known` maps an id to the token and a weak
    reference; once that is dead, the id may be another object's.  What cannot be
    referred to weakly (a tuple, an int) is known for as long as a name at the
    prompt means it.
    """

    def __init__(self, workspace, pristine, ancestors):
        self.pristine = pristine
        self.main_module = loaded["__main__"]  # on 2.7 a module that nothing holds empties its namespace
        self.main = self.main_module.__dict__
        self.known = {}
        self.next_token = 1
        self.attributes = {}
        self.modules = {}
        self.module_names = {}
        self.prompt = {}
        self.classes = {}
        self.class_tokens = set()
        self.moved_here = []
        self.mros = {}
        self.made = []
        self.called = {}  # kind and name by token, and the functions' code: for `holders.py`
        self.codes = {}
        self.at = {}  # during a look: what each path leads to, and in what order
        self.paths = []
        self.basis = None
        self.ancestors = ancestors
        self.hidden = hidden.HiddenClasses(self, ancestors)
        self.own = own.Own(workspace, self.main, ancestors, self.hidden.is_stranger)

    # -- tokens

    def token(self, value):
        """The token of a known object."""
        entry = self.known.get(id(value))
        if entry is None:
            return None
        token, reference, kind = entry
        if reference is not None:
            return token if reference() is value else None
        return token if type(value) is kind and self.has_its_name(token, value) else None

    def has_its_name(self, token, value):
        """Whether what has a known module's address is that module.

        On 2.7 nothing can refer to a module weakly.  But each has a string of its own for
        its name, and as that one is held, another module's is another object.
        """
        name = self.module_names.get(token)
        if name is None:
            return True
        now = module_dict(value).get("__name__")
        return now is name or type(now) is not str or now != name

    def note_name(self, token, module):
        name = module_dict(module).get("__name__") if issubclass(type(module), types.ModuleType) else None
        if type(name) is str:
            self.module_names[token] = name

    def held(self, value, depth):
        """The tokens of what a plain container holds, in the order in which its repr shows them."""
        tokens = []
        kind = type(value)
        if depth and id(kind) in CONTAINERS and len(value) <= HELD_LIMIT:
            items = value
            if kind is dict:
                items = [part for pair in value.items() for part in pair]
            for item in items:
                token = self.token(item)
                tokens.extend([token] if token is not None else self.held(item, depth - 1))
        return tokens

    def make(self, value, kind, name, reachable, **more):
        """Gives an object its token, and notes it for the event."""
        try:
            reference = weakref.ref(value)
        except TypeError:
            reference = None
        token = self.next_token
        self.next_token += 1
        # Of what can be referred to weakly the class is not kept: it may get another.
        self.known[id(value)] = (token, reference, type(value) if reference is None else None)
        if kind == "class":
            self.class_tokens.add(token)
            self.hidden.note(value, reference)
        if reachable and kind != "instance":
            self.called[token] = kind, name
        if kind == "module" and reference is None:
            self.note_name(token, value)
        if more.get("code"):
            self.codes[token] = weakref.ref(value.__code__)
        self.made.append(dict(more, token=token, id=id(value), kind=kind, name=name, reachable=reachable))
        return token

    # -- one look

    def take(self, event):
        """Looks at everything once, and writes into the event what is new, moved or gone."""
        self.made = []
        freed = self.forget_the_dead()
        modules, attributes, prompt = {}, {}, {}
        for name, module in self.own.modules():
            self.own.foreign_modules.pop(name, None)
            token = modules[name] = self.token(module) or self.make(module, "module", name, True)
            if token in self.module_names:
                self.note_name(token, module)
        roots = []
        for name in sorted(modules):
            module = loaded.get(name)
            if issubclass(type(module), types.ModuleType):
                roots.append((name, module_dict(module)))
        roots.append(("__main__", self.defined_at_prompt()))
        if not freed and self.basis is not None and self.basis.holds(self, roots) and not self.hidden.may_be_more({}):
            self.at = attributes = self.attributes
        else:
            self.look_through(roots, attributes)
        self.look_at_prompt(prompt)
        self.forget_unbound(modules, prompt)
        event["reclassed"] = self.reclassed()
        event["relinearized"] = self.relinearized()
        spaces = dict(roots, __main__=self.main)
        event["bound"] = (
            self.moved("modules", modules, loaded.__contains__)
            + self.moved("attributes", attributes, lambda path: self.is_there(path, spaces))
            + self.moved("prompt", prompt, self.main.__contains__)
        )
        event["made"] = self.made
        event["freed"] = freed
        self.at, self.paths = {}, []  # they hold what is there

    def look_through(self, roots, attributes):
        """Finds and names all that namespaces lead to, and the classes to which none does."""
        paths = self.paths = self.walk(roots)
        self.at = dict(paths)
        unnamed = self.hidden.find(dict((id(value), value) for _, value in paths))
        # What came to be in this step, and lost its name in this step too, was there before what has it now.
        for cls in unnamed:
            if full_name(cls) in self.at:
                self.class_token(cls)
        self.name_all(paths, attributes)
        for cls in unnamed:
            self.class_token(cls)
        self.basis = basis.Basis(self, roots, paths)

    def forget_the_dead(self):
        freed = []
        for address, (token, reference, _) in list(self.known.items()):
            if reference is not None and reference() is None:
                freed.append(token)
                if token in self.class_tokens:
                    self.hidden.forget(address)
                del self.known[address]
                self.classes.pop(token, None)
                self.mros.pop(token, None)
        self.hidden.forget_strangers()
        return sorted(freed)

    def is_there(self, path, spaces):
        """Whether a path leads to anything at all."""
        owner, _, name = path.rpartition(".")
        if owner in spaces:
            return name in spaces[owner]
        return owner in self.at and name in class_namespace(self.at[owner])

    def moved(self, scope, now, is_there):
        """What the names of a scope mean that meant something else before."""
        before = getattr(self, scope)
        setattr(self, scope, now)
        if now == before:
            return []
        changes = [{"scope": scope, "name": to_text(name), "token": token} for name, token in now.items()
                   if before.get(name, 0) != token]
        changes += [
            {"scope": scope, "name": to_text(name), "token": None, "other": is_there(name)}
            for name in before if name not in now
        ]
        changes.sort(key=lambda change: (change["token"] or 0, change["name"]))
        return changes

    def defined_at_prompt(self):
        """The part of `__main__` that was not imported or assigned from elsewhere."""
        own = {}
        for name, value in list(self.main.items()):
            kind = type(value)
            if name not in self.pristine and (kind is types.FunctionType or issubclass(kind, class_types)):
                if value_module(value) == "__main__":
                    own[name] = value
        return own

    # -- classes and functions

    def walk(self, roots):
        """(path, object) for the own classes and functions that namespaces reach, each before what is inside it.

        A class is looked into at its shortest path, and at the one that it says is
        its own: where classes refer to each other, there is no end of paths.
        """
        inside, seen, todo = {}, set(), list(roots)
        for path, namespace in todo:
            inside[path] = self.find_in(path, namespace)
            for below, value in inside[path]:
                if type(value) is types.FunctionType or not self.is_at_home(value, path):
                    continue
                key = (id(value), below == full_name(value))
                if key not in seen and (id(value), True) not in seen:
                    seen.add(key)
                    todo.append((below, class_namespace(value)))
        paths, todo = [], []
        for path, _ in roots:
            todo.extend(reversed(inside[path]))
            while todo:
                paths.append(todo.pop())
                todo.extend(reversed(inside.pop(paths[-1][0], ())))
        return paths

    def find_in(self, path, namespace):
        """(path, object) for the own classes and functions right in a namespace, in the order of definition."""
        found = []
        for name, value in list(namespace.items()):
            if id(type(value)) in PLAIN or type(name) is not str:
                continue
            value = unwrapped(value)
            kind = type(value)
            if kind is types.FunctionType:
                if self.own.has_function(value):
                    found.append((self.own.written_at(value), name, value))
            elif issubclass(kind, class_types) and self.own.has_class(value):
                found.append((first_line(value), name, value))
        found.sort(key=lambda entry: entry[:2])
        return [(path + "." + name, value) for _, name, value in found]

    def is_at_home(self, cls, path):
        """Whether a class that is reached by a path is of the module with which that begins, or of none."""
        module = value_module(cls)
        return module == path.partition(".")[0] or module not in loaded

    def name_all(self, paths, attributes):
        """Gives every path its token."""
        for path, value in paths:
            token = self.token(value)
            attributes[path] = self.object_token(value, path) if token is None else token

    def name_of(self, value, path):
        """What a new object goes by: the path that it says is its own, or the first that leads to it, if any does."""
        own_path = full_name(value)
        if self.at.get(own_path) is value:
            return own_path
        if path is None:
            paths = [path for path, found in self.paths if found is value]
            path = paths[0] if paths else own_path
        return path

    def object_token(self, value, path):
        if type(value) is types.FunctionType:
            name = to_text(self.name_of(value, path))
            # The code of what a decorator made is the library's, and that of all that it made.
            code = id(value.__code__) if self.own.is_written_here(value) else None
            return self.make(value, "function", name, True, code=code)
        return self.class_token(value, path)

    def class_token(self, cls, path=None):
        """The token of an own class; its bases get theirs first."""
        token = self.token(cls)
        if token is not None:
            return token
        bases = mro_of(cls)[1:]
        for base in reversed(bases):
            if self.own.has_class(base):
                self.class_token(base)
        meta = type(cls)
        meta = None if any(meta is kind for kind in class_types) else self.reference(meta)
        name = to_text(self.name_of(cls, path))
        token = self.make(cls, "class", name, name in self.at, **{"class": meta})
        self.made[-1]["mro"] = [token] + [self.reference(base) for base in bases]
        self.mros[token] = [id(base) for base in bases]
        return token

    def reference(self, cls):
        """A class's token, or the name of one that is not the scenario's."""
        if self.own.has_class(cls):
            return self.class_token(cls)
        return public_name(cls)

    # -- the prompt

    def look_at_prompt(self, prompt):
        bound = [
            (name, value) for name, value in list(self.main.items())
            if type(name) is str and name not in self.pristine and name not in BOOKKEEPING
        ]
        for name, value in sorted(bound, key=lambda pair: pair[0]):
            token = self.token(value)
            if token is None:
                token = self.token_of_moved(name, value) or self.name_at_prompt(name, value)
            elif self.attributes_name(value) == name:
                continue
            prompt[name] = token

    def token_of_moved(self, name, value):
        """The token of what cannot be referred to weakly and got another class, of the same name.

        That it is still the same object shows by its name at the prompt and its id.
        """
        token, reference, kind = self.known.get(id(value), (None, None, None))
        if token is None or reference is not None or self.prompt.get(name) != token:
            return None
        if full_name(kind) != full_name(type(value)):
            return None
        self.known[id(value)] = (token, None, type(value))
        self.classes[token] = id(type(value))
        self.moved_here.append([token, self.reference(type(value))])
        return token

    def forget_unbound(self, *namespaces):
        """Forgets what cannot be referred to weakly and that no name means any more."""
        meant = set(token for namespace in namespaces for token in namespace.values())
        for address, (token, reference, _) in list(self.known.items()):
            if reference is None and token not in meant:
                del self.known[address]

    def attributes_name(self, value):
        """The name of what was defined at the prompt itself: `__main__.f` needs no second line for `f`."""
        kind = type(value)
        if kind is types.FunctionType or issubclass(kind, class_types):
            return qualified_name(value) if value_module(value) == "__main__" else None
        return None

    def name_at_prompt(self, name, value):
        kind = type(value)
        if issubclass(kind, types.ModuleType):
            return self.make(value, "module", to_text(name), True, plain=True)
        if kind is types.FunctionType:
            return self.make(value, "function", to_text(name), True, plain=True, code=id(value.__code__))
        if issubclass(kind, class_types):
            return self.make(value, "class", to_text(name), True, plain=True, mro=[])
        cls = class_of(value)
        reference = self.reference(cls)
        plain = id(kind) in CONSTANTS
        token = self.make(value, "instance", to_text(name), True, plain=plain, **{"class": reference})
        self.classes[token] = id(cls)
        return token

    # -- what changed in known objects

    def reclassed(self):
        changes, self.moved_here = self.moved_here, []
        for token, reference, _ in list(self.known.values()):
            before = self.classes.get(token)
            value = reference() if reference is not None and before is not None else None
            if value is not None:
                cls = class_of(value)
                if id(cls) != before:
                    self.classes[token] = id(cls)
                    changes.append([token, self.reference(cls)])
        return changes

    def relinearized(self):
        changes = []
        for token, reference, _ in list(self.known.values()):
            before = self.mros.get(token)
            cls = reference() if reference is not None and before is not None else None
            if cls is not None:
                bases = mro_of(cls)[1:]
                now = [id(base) for base in bases]
                if now != before:
                    self.mros[token] = now
                    changes.append([token, [token] + [self.reference(base) for base in bases]])
        return changes
