//! What still holds superseded objects at the end of a run, on every Python of this machine.

use crate::Machine;

const FOO: &str = "class Foo(object):\n    def foo(self):\n        return 1\n\nclass Bar(Foo):\n    \
                   def foo(self):\n        return Foo.foo(self)\n    @classmethod\n    def make(cls):\n        \
                   return cls()\n\ndef plain(*args):\n    pass\n\ndef count():\n    while True:\n        yield 1";

/// What is told at the end, for `app.py` and a transcript that imports both and reloads `foo`.
fn held(settings: &str, app: &str, before: &str, after: &str) -> Vec<(String, Vec<String>)> {
    held_of(FOO, settings, app, before, after)
}

fn held_of(source: &str, settings: &str, app: &str, before: &str, after: &str) -> Vec<(String, Vec<String>)> {
    let transcript = format!(">>> import foo, app\n{before}\n>>> reload(foo) and None\n{after}\n");
    let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    Machine::new()
        .reports(settings, &[("foo.py", source), ("app.py", app)], &transcript)
        .into_iter()
        .map(|(tag, report)| {
            assert!(!report.contains("silent"), "{tag}:\n{report}");
            let told = report.split_once("still held at the end:\n").map_or("", |(_, told)| told);
            (tag.to_string(), told.lines().map(words).collect())
        })
        .collect()
}

fn each_holds(app: &str, before: &str, lines: &[&str]) {
    for (tag, held) in held("", app, before, "") {
        assert_eq!(held, lines, "{tag}");
    }
}

#[test]
fn names_at_the_prompt_and_in_modules_hold() {
    each_holds(
        "from foo import Bar, plain",
        ">>> Old = foo.Bar",
        &[
            "foo.Bar#1 name Old",
            "foo.Bar#1 module attribute app.Bar",
            "foo.plain#1 module attribute app.plain",
        ],
    );
}

#[test]
fn the_last_value_of_the_prompt_is_held() {
    for (tag, held) in held(
        "python = '>=3'",
        "import builtins, foo\nbuiltins.old = foo.Foo",
        ">>> foo.Bar() and None\n>>> [foo.Bar()] and foo.Bar() and [foo.Bar()].pop().__class__",
        "",
    ) {
        assert_eq!(held, ["foo.Bar#1 name _", "foo.Foo#1 module attribute builtins.old"], "{tag}");
    }
}

#[test]
fn subclasses_and_instances_hold() {
    each_holds(
        "import foo\nclass Sub(foo.Bar): pass\nkept = foo.Foo()",
        ">>> b = foo.Bar()\n>>> b.parent = foo.Foo()\n>>> b.parent.child = foo.Bar()",
        &[
            "foo.Bar#1 instance b, and 1 more",
            "foo.Bar#1 subclass app.Sub",
            "foo.Foo#1 instance app.kept",
            "foo.Foo#1 instance b.parent",
        ],
    );
}

#[test]
fn attributes_of_instances_classes_and_functions_hold() {
    each_holds(
        "import foo\nclass Keep(object):\n    __slots__ = ('cls',)\n    helper = staticmethod(foo.plain)\n\
         keep = Keep()\nkeep.cls = foo.Foo\ndef job(): pass\njob.cls = foo.Bar",
        "",
        &[
            "foo.Bar#1 attribute app.job.cls",
            "foo.Foo#1 attribute app.keep.cls",
            "foo.plain#1 attribute app.Keep.helper",
        ],
    );
}

#[test]
fn containers_hold_by_item_key_and_value() {
    each_holds(
        "import collections, foo\nHANDLERS = {'bar': foo.Bar, foo.Foo: 1}\nITEMS = [foo.Bar(), foo.Bar()]\n\
         NESTED = (1, [(foo.plain, 2)])\nNAMES = set([foo.Foo])\nQUEUE = collections.deque([0, foo.Foo])\n\
         ORDERED = collections.OrderedDict([((1, 'a'), foo.Foo)])",
        "",
        &[
            "foo.Bar#1 instance app.ITEMS[0], and 1 more",
            "foo.Foo#1 container app.QUEUE[1]",
            "foo.Foo#1 container app.HANDLERS.<key>",
            "foo.Bar#1 container app.HANDLERS['bar']",
            "foo.Foo#1 container app.NAMES.<element>",
            "foo.Foo#1 container app.ORDERED[(1, 'a')]",
            "foo.plain#1 container app.NESTED[1][0][0]",
        ],
    );
}

#[test]
fn a_superseded_key_is_written_with_its_generation() {
    each_holds(
        "import foo\nclass Own(object): pass\nPAIRS = {(foo.Bar, 1): foo.plain}\nOWN = {Own: foo.plain}",
        "",
        &[
            "foo.plain#1 container app.OWN[app.Own]",
            "foo.plain#1 container app.PAIRS[(foo.Bar#1, 1)]",
            "foo.Bar#1 container app.PAIRS.<key>[0]",
        ],
    );
}

#[test]
fn closures_and_default_arguments_hold() {
    let app = "import foo\ndef job(cls, foos):\n    def inner():\n        return cls, foos\n    return inner\n\
               inner = job(foo.Bar, foo.Foo())\ndef make(size=1, kind=foo.Bar): pass";
    each_holds(
        app,
        "",
        &[
            "foo.Bar#1 default argument app.make(kind=...)",
            "foo.Bar#1 closure app.inner.<closure>.cls",
            "foo.Foo#1 instance app.inner.<closure>.foos",
        ],
    );
    let app = "import foo\ndef make(a, *, kind=foo.Bar): pass\ndef hinted(bar: foo.Bar) -> foo.Foo: pass";
    for (tag, held) in held("python = '>=3'", app, "", "") {
        let lines = [
            "foo.Bar#1 default argument app.make(kind=...)",
            "foo.Bar#1 annotation app.hinted.__annotations__['bar']",
            "foo.Foo#1 annotation app.hinted.__annotations__['return']",
        ];
        assert_eq!(held, lines, "{tag}");
    }
}

#[test]
fn bound_methods_hold_a_function_and_an_instance() {
    each_holds(
        "import foo\nmake = foo.Bar.make",
        ">>> m = foo.Bar().foo",
        &["foo.Bar.foo#1 bound method m", "foo.Bar#1 bound method app.make", "foo.Bar#1 instance m.__self__"],
    );
}

#[test]
fn what_other_modules_keep_is_a_registry() {
    let app = "import foo, functools\n@functools.singledispatch\ndef show(value): pass\n\
               show.register(foo.Bar, foo.plain)";
    for (tag, held) in held("python = '>=3'", app, "", "") {
        let lines = [
            "foo.Bar#1 registry app.show.registry.<key>",
            "foo.plain#1 registry app.show.registry[foo.Bar#1]",
        ];
        assert_eq!(held, lines, "{tag}");
    }
    let app = "import foo, signal, sys\nsignal.signal(signal.SIGUSR1, foo.plain)\nsys.settrace(foo.plain)";
    each_holds(
        app,
        "",
        &["foo.plain#1 registry sys.gettrace()", "foo.plain#1 registry signal.getsignal(SIGUSR1)"],
    );
    let copyreg = "import foo\ntry:\n    import copyreg\nexcept ImportError:\n    import copy_reg as copyreg\n\
                   copyreg.pickle(foo.Foo, foo.plain)";
    for (tag, held) in held("python = '>=3'", copyreg, "", "") {
        let lines = [
            "foo.Foo#1 registry copyreg.dispatch_table.<key>",
            "foo.plain#1 registry copyreg.dispatch_table[foo.Foo#1]",
        ];
        assert_eq!(held, lines, "{tag}");
    }
    // Since 3.10 they are where no collector sees them.
    for (tag, held) in held("python = '<3.10'", "import atexit, foo\natexit.register(foo.plain)", "", "") {
        assert!(held[0].starts_with("foo.plain#1 registry atexit."), "{tag}: {held:?}");
    }
}

#[test]
fn weak_references_do_not_hold() {
    let app = "import abc, foo, weakref\nweak = weakref.ref(foo.Bar)\nvalues = weakref.WeakValueDictionary({1: foo.Bar})\n\
               Shape = abc.ABCMeta('Shape', (object,), {})\nShape.register(foo.Bar)\nisinstance(foo.Foo(), Shape)";
    each_holds(app, "", &[]);
}

#[test]
fn generators_hold_their_variables_and_run_old_code() {
    each_holds(
        "def wait(thing):\n    yield thing",
        ">>> n = foo.count()\n>>> next(n)\n>>> w = app.wait(foo.Foo())\n>>> next(w) and None\n>>> done = foo.count()\n>>> done.close()",
        &["foo.count#1 running n", "foo.Foo#1 instance w.<locals>.thing"],
    );
    for (tag, held) in held(
        "python = '>=3.6'",
        "async def wait(thing):\n    await once()\nclass once:\n    def __await__(self): yield",
        ">>> c = app.wait(foo.Foo())\n>>> c.send(None)",
        "",
    ) {
        assert_eq!(held, ["foo.Foo#1 instance c.<locals>.thing"], "{tag}");
    }
}

#[test]
fn threads_hold_their_variables_and_run_old_code() {
    let source =
        "class Job(object):\n    def work(self, ready, end):\n        ready.set()\n        end.wait()";
    let app = "import foo, threading\nready, end = threading.Event(), threading.Event()\n\
               thread = threading.Thread(target=foo.Job().work, args=(ready, end), name='worker')\n\
               thread.daemon = True\nthread.start()\nready.wait()";
    for (tag, held) in held_of(source, "", app, "", "") {
        assert_eq!(held[0], "foo.Job.work#1 running <worker>.work", "{tag}");
        assert_eq!(held[1], "foo.Job#1 instance <worker>.work.<locals>.self", "{tag}");
        assert!(held[2].starts_with("foo.Job.work#1 bound method app.thread."), "{tag}: {held:?}");
        assert_eq!(held.len(), 3, "{tag}: {held:?}");
    }
}

#[test]
fn frames_of_a_thread_that_bear_one_name_are_told_apart() {
    let source = "import threading\nready, end = threading.Event(), threading.Event()\nclass Job(object):\n    \
                  def run(self):\n        ready.set()\n        end.wait()";
    let app = "import foo, threading\nthread = threading.Thread(target=foo.Job().run, name='worker')\n\
               thread.daemon = True\nthread.start()\nfoo.ready.wait()\ndel thread";
    for (tag, held) in held_of(source, "", app, "", "") {
        assert_eq!(held[0], "foo.Job.run#1 running <worker>.foo.Job.run", "{tag}");
        assert_eq!(held[1], "foo.Job#1 instance <worker>.foo.Job.run.<locals>.self", "{tag}");
    }
    let source = "import threading\nasked, end = threading.Event(), threading.Condition()\ndef is_over():\n    \
                  asked.set()\ndef wait_for():\n    with end:\n        end.wait_for(is_over)";
    let app = "import foo, threading\nthread = threading.Thread(target=foo.wait_for, name='worker')\n\
               thread.daemon = True\nthread.start()\nfoo.asked.wait()";
    for (tag, held) in held_of(source, "python = '>=3'", app, "", "") {
        let line = "foo.is_over#1 local variable <worker>.threading.Condition.wait_for.<locals>.predicate";
        assert!(held.contains(&line.to_owned()), "{tag}: {held:?}");
    }
}

#[test]
fn a_traceback_holds_the_variables_of_its_frames() {
    let app = "import foo\ndef fail(thing):\n    raise ValueError()\ndef catch():\n    try:\n        fail(foo.Foo())\n    \
               except ValueError as error:\n        return error";
    for (tag, held) in held("python = '>=3'", app, ">>> e = app.catch()", "") {
        let line = "foo.Foo#1 instance e.__traceback__.tb_next.tb_frame.<locals>.thing";
        assert_eq!(held, [line], "{tag}");
    }
    for (tag, held) in held("python = '>=3'", app, ">>> e = app.catch()\n>>> raise e", "") {
        // One for the statement, one for `catch`.
        let line = "foo.Foo#1 instance e.__traceback__.tb_next.tb_next.tb_frame.<locals>.thing";
        assert_eq!(held, [line], "{tag}");
    }
}

#[test]
fn a_class_of_ctypes_holds_by_its_attributes() {
    each_holds(
        "import ctypes, foo\nclass Point(ctypes.Structure):\n    kind = foo.Bar",
        "",
        &["foo.Bar#1 attribute app.Point.kind"],
    );
}

#[test]
fn a_name_of_the_prompt_is_not_taken_for_the_module_that_is_called_so() {
    for (tag, held) in held(
        "",
        "import foo",
        ">>> import sys\n>>> first = sys.modules.pop('foo')\n>>> import foo\n>>> sys.modules['foo'] = first",
        ">>> reload(first) and None",
    ) {
        assert!(held.contains(&"foo.Bar#2 module attribute __main__.foo.Bar".to_owned()), "{tag}: {held:?}");
    }
}

#[test]
fn superseded_modules_are_held_and_what_is_in_them_is_not_told() {
    for (tag, report) in Machine::new().reports(
        "",
        &[("foo.py", FOO), ("app.py", "import foo")],
        ">>> import sys, foo, app\n>>> b = foo.Bar()\n>>> del sys.modules['foo']\n>>> import foo",
    ) {
        let (_, held) = report.split_once("still held at the end:\n").unwrap();
        assert_eq!(
            held, "    foo.Bar#1  instance          b\n    foo#1      module attribute  app.foo\n",
            "{tag}"
        );
    }
}

#[test]
fn classes_of_the_prompt_and_old_style_ones_are_held() {
    for (tag, report) in Machine::new().reports(
        "",
        &[],
        ">>> class A: pass\n>>> a = A()\n>>> def f(): pass\n>>> g = f\n>>> class A: pass\n>>> def f(): pass",
    ) {
        let (_, held) = report.split_once("still held at the end:\n").unwrap();
        assert_eq!(held, "    __main__.A#1  instance  a\n    __main__.f#1  name      g\n", "{tag}");
    }
}

#[test]
fn what_only_superseded_objects_hold_is_not_told() {
    let source = "class Foo(object): pass\nclass Bar(Foo):\n    all = [Foo(), Foo]\n    def f(self, a=Foo): return Bar, a\n\
               Bar.last = Bar()\ndef plain():\n    return Foo\nplain.cls = Foo";
    for (tag, held) in held_of(source, "", "import foo", ">>> b = foo.Bar()", "") {
        assert_eq!(held, ["foo.Bar#1 instance b"], "{tag}");
    }
}

#[test]
fn what_was_migrated_or_let_go_is_not_told() {
    for (tag, held) in held(
        "",
        "from foo import plain",
        ">>> b = foo.Bar()\n>>> c = foo.Bar()",
        ">>> b.__class__ = foo.Bar\n>>> del c\n>>> app.plain = foo.plain",
    ) {
        assert_eq!(held, Vec::<String>::new(), "{tag}");
    }
}

#[test]
fn garbage_is_not_told_and_its_finalizers_do_not_run() {
    let source = "class Foo(object):\n    def __del__(self):\n        print('finalized')\n";
    let before = ">>> import gc\n>>> gc.disable()\n>>> f = foo.Foo()\n>>> f.itself = f\n>>> keep = foo.Foo()";
    let transcript = format!(">>> import foo\n{before}\n>>> reload(foo) and None\n>>> del f");
    for (tag, report) in Machine::new().reports("python = '>=3.8'", &[("foo.py", source)], &transcript) {
        assert!(!report.contains("finalized"), "{tag}:\n{report}");
        assert!(
            report.ends_with("still held at the end:\n    foo.Foo#1  instance  keep\n"),
            "{tag}:\n{report}"
        );
    }
}

#[test]
fn nothing_is_kept_alive_or_woken() {
    let source = "class Meta(type):\n    def refuse(cls, *args):\n        raise RuntimeError('asked')\n    \
               __eq__ = __ne__ = __hash__ = __instancecheck__ = __subclasscheck__ = __getattribute__ = refuse\n\
               class Shy(object):\n    def refuse(self, *args):\n        raise RuntimeError('asked')\n    \
               __eq__ = __ne__ = __hash__ = __repr__ = __getattribute__ = __iter__ = __len__ = refuse\n    \
               __dict__ = __class__ = property(refuse)\n\
               C = type.__new__(Meta, 'C', (list,), {})";
    for (tag, held) in held_of(
        source,
        "",
        "import foo\nshy = foo.Shy()\nlist_ = list.__new__(foo.C)\nlist.append(list_, foo.Shy)",
        ">>> import weakref\n>>> gone = foo.Shy()\n>>> w = weakref.ref(gone, lambda _: print_('died'))\n\
         >>> def print_(text):\n...     import sys; sys.stdout.write(text)\n...",
        ">>> del gone",
    ) {
        let lines =
            ["foo.Shy#1 instance app.shy", "foo.C#1 instance app.list_", "foo.Shy#1 container app.list_[0]"];
        assert_eq!(held, lines, "{tag}");
    }
}

#[test]
fn nothing_is_told_where_nothing_is_superseded() {
    for (tag, report) in Machine::new().reports(
        "",
        &[("foo.py", FOO)],
        ">>> import foo\n>>> b = foo.Bar()\n>>> x = 1\n>>> x = 2\n>>> Old = foo.Bar\n>>> del foo.Bar",
    ) {
        assert!(!report.contains("still held"), "{tag}:\n{report}");
    }
}

#[test]
fn many_holders_are_bounded_and_the_same_in_every_run() {
    let app = "import foo\nfor n in range(50):\n    globals()['name%02d' % n] = foo.Bar\n\
               items = [foo.Bar() for n in range(3000)]\nelements = set(foo.Foo() for n in range(30))";
    let machine = Machine::new();
    let play = || {
        let transcript = ">>> import foo, app\n>>> reload(foo) and None";
        machine.reports("", &[("foo.py", FOO), ("app.py", app)], transcript)
    };
    let first = play();
    for (tag, report) in &first {
        let (_, held) = report.split_once("still held at the end:\n").unwrap();
        assert_eq!(held.lines().count(), 41, "{tag}:\n{report}");
        assert!(held.ends_with("... 12 more\n"), "{tag}:\n{report}");
    }
    assert_eq!(first, play());
}

#[test]
fn code_that_two_generations_share_is_not_told_as_old() {
    let foo =
        "def make():\n    def f():\n        yield 1\n    f.__qualname__ = 'f'\n    return f\nf = make()";
    for (tag, report) in Machine::new().reports(
        "",
        &[("foo.py", foo)],
        ">>> import foo\n>>> g = foo.f()\n>>> next(g)\n>>> foo.f = foo.make()\n>>> h = foo.f()\n>>> next(h)",
    ) {
        assert!(!report.contains("running"), "{tag}:\n{report}");
    }
}
