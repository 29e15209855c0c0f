//! What a run may do to its own interpreter, and still be observed.

use reload_harness::worker::{Ending, Kind, Play};

use crate::ground::{
    Ground, Mode, assert_sound, contained, prompt, raised, scenario, sound, transcript, two, under_fire,
    values,
};

/// Plays each of these with something to observe after it, and a sound run after each.
fn unharmed(bodies: &[&str]) {
    for python in two() {
        let mut ground = Ground::new(python, Mode::Contained);
        for body in bodies {
            let case = prompt(&format!(
                "{body}\nclass Seen(object):\n    def f(self): return 'seen'\n\nseen = Seen()\nseen.f()\nseen.nothing\nprint('out')"
            ));
            let plays = ground.play(&[&case, &sound()]);
            assert_observed(&plays[0], case.steps.len(), &format!("{}: {body}", python.tag));
            assert_sound(&plays[1]);
        }
    }
}

fn assert_observed(play: &Play, steps: usize, what: &str) {
    assert_eq!((&play.ending, play.steps.len()), (&Ending::Finished, steps), "{what}\n{play:?}");
    let step = |from_end| &play.steps[steps - from_end];
    let made: Vec<_> = step(5).event.made.iter().map(|made| (made.kind, made.name.as_str())).collect();
    assert!(made.contains(&(Kind::Class, "__main__.Seen")), "{what}\n{made:?}");
    assert_eq!(step(4).event.made.last().map(|made| made.name.as_str()), Some("seen"), "{what}");
    assert_eq!(values(play, steps - 3), ["'seen'"], "{what}");
    assert_eq!(raised(step(2)), "AttributeError: 'Seen' object has no attribute 'nothing'", "{what}");
}

#[test]
fn modules_that_the_probe_uses_may_be_reloaded() {
    unharmed(&[
        "import os, gc, weakref, types, time\na = [reload(m) for m in (os, gc, weakref, types, time)]",
        "import importlib, builtins\na = reload(builtins)",
        "import sys\nb = reload(sys).maxsize",
        "import threading, traceback, codecs, abc\na = [reload(m) for m in (threading, traceback, codecs, abc)]",
    ]);
}

#[test]
fn builtins_may_be_patched() {
    unharmed(&[
        "try:\n    import builtins\nexcept ImportError:\n    import __builtin__ as builtins\n\
         for name in ('compile', 'repr', 'isinstance', 'issubclass', 'sorted', 'len', 'min', 'max', 'dict', 'set', 'id'):\n    \
         setattr(builtins, name, lambda *a, **k: 1 / 0)",
        "try:\n    import builtins\nexcept ImportError:\n    import __builtin__ as builtins\n\
         for name in ('type', 'str', 'getattr', 'exec', 'Exception', 'BaseException', 'OSError', 'list', 'tuple', 'open'):\n    \
         setattr(builtins, name, None)",
        "import os, sys, gc, time, types, weakref\nfor m in (os, gc, time, types, weakref, os.path):\n    \
         for name in [n for n in vars(m) if n[:2] != '__']:\n        setattr(m, name, None)",
        "import sys\nsys.exc_info = sys.gettrace = sys.settrace = sys.getrecursionlimit = None",
    ]);
}

#[test]
fn sys_modules_may_be_emptied() {
    unharmed(&[
        "import sys\ndel sys.modules['__main__']",
        "import sys\nsys.modules.clear()",
        "import sys\nsys.modules = {}",
    ]);
}

#[test]
fn tracers_and_profilers_do_not_see_the_probe() {
    unharmed(&[
        // It raises in the next statement, as it would at a prompt, and is gone by that.
        "import sys\nsys.settrace(lambda *a: 1 / 0)\npass",
        "import sys\nsys.setprofile(lambda *a: 1 / 0)\npass",
        "import sys, cProfile\np = cProfile.Profile()\np.enable()",
    ]);
    let case = "import sys\nseen = []\ndef trace(frame, event, arg): seen.append((event, frame.f_code.co_name))\ndef f(): pass\n\
                sys.settrace(trace)\nf()\nf()\nsys.settrace(None)\nseen";
    under_fire(contained(), &prompt(case), |_, _, play| {
        let module = "('call', '<module>')";
        let f = "('call', 'f')";
        assert_eq!(values(play, 8), [format!("[{module}, {f}, {module}, {f}, {module}]")]);
    });
}

#[test]
fn limits_of_the_interpreter_may_be_lowered() {
    unharmed(&[
        "import sys\nsys.setrecursionlimit(60)",
        "import gc\ngc.disable()",
        "import gc\ngc.set_threshold(1)",
        "import resource\nresource.setrlimit(resource.RLIMIT_AS, (400 << 20, 400 << 20))",
        "import resource\nresource.setrlimit(resource.RLIMIT_NOFILE, (16, 16))",
        "import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))",
    ]);
    let case = "import sys\ndef f(n): return n and f(n - 1)\nsys.setrecursionlimit(60)\nf(100)\nf(10)\nsys.getrecursionlimit()";
    under_fire(contained(), &prompt(case), |_, _, play| {
        let deep = raised(&play.steps[3]);
        assert!(deep.contains("maximum recursion depth exceeded"), "{deep}");
        assert_eq!((values(play, 4), values(play, 5)), (vec!["0"], vec!["60"]));
    });
}

#[test]
fn hooks_of_the_prompt_may_be_replaced() {
    let case = "import sys\nsys.displayhook = lambda value: sys.stdout.write('mine %r\\n' % (value,))\n1 + 1\n\
                sys.excepthook = lambda *a: 1 / 0\n1 / 0\ndel sys.displayhook\n3\nprint('on')";
    under_fire(contained(), &prompt(case), |_, _, play| {
        assert_eq!((&play.ending, play.steps.len()), (&Ending::Finished, 8));
        assert_eq!((values(play, 2).len(), &play.steps[2].output.stdout[..]), (0, &b"mine 2\n"[..]));
        assert!(raised(&play.steps[4]).starts_with("ZeroDivisionError"));
        assert_eq!(raised(&play.steps[6]), "RuntimeError: lost sys.displayhook");
        assert_eq!(play.steps[7].output.stdout, b"on\n");
    });
}

const EVIL: &str = "class Evil(type):\n    def no(cls, *a): raise KeyboardInterrupt('woken')\n    \
                    __eq__ = __ne__ = __hash__ = __getattribute__ = __instancecheck__ = __subclasscheck__ = no\n    \
                    __repr__ = __str__ = __len__ = __iter__ = __call__ = __bool__ = __nonzero__ = __dir__ = no";

#[test]
fn a_metaclass_that_raises_at_every_turn_is_not_woken() {
    let case = format!(
        "{EVIL}\n\nC = Evil('C', (object,), {{'x': 1}})\nD = Evil('D', (C,), {{}})\nl = [C, D]\nd = object.__new__(D)\nprint('on')"
    );
    under_fire(contained(), &prompt(&case), |_, _, play| {
        assert_eq!((&play.ending, play.steps.len()), (&Ending::Finished, 6), "{play:?}");
        assert!(play.steps.iter().all(|step| step.event.exception.is_none()), "{play:?}");
        let names: Vec<_> =
            play.steps.iter().flat_map(|step| &step.event.made).map(|made| made.name.as_str()).collect();
        assert!(["__main__.C", "__main__.D", "d"].iter().all(|name| names.contains(name)), "{names:?}");
    });
}

#[test]
fn an_instance_that_raises_at_every_turn_is_not_woken() {
    let case = "class Evil(object):\n    def no(self, *a): raise KeyboardInterrupt('woken')\n    \
                __eq__ = __ne__ = __hash__ = __getattribute__ = __len__ = __iter__ = __bool__ = __nonzero__ = __getattr__ = no\n    \
                __class__ = property(no)\n\ne = Evil()\nf = [e, (e, {1: e})]\nimport sys\nsys.modules['evil'] = e\nprint('on')";
    under_fire(contained(), &prompt(case), |_, _, play| {
        assert_eq!((&play.ending, play.steps.len()), (&Ending::Finished, 6), "{play:?}");
        assert!(play.steps.iter().all(|step| step.event.exception.is_none()), "{play:?}");
    });
}

#[test]
fn texts_and_names_that_are_no_plain_strings_do_no_harm() {
    let case = "class S(str):\n    def no(self, *a): raise KeyboardInterrupt('woken')\n    \
                __getitem__ = __len__ = __add__ = __radd__ = __mod__ = encode = translate = partition = startswith = no\n\n\
                class R(object):\n    def __repr__(self): return S('shown')\n\nR()\n\
                class X(Exception):\n    def __str__(self): return S('raised')\n\nraise X()\n\
                A = type('A', (object,), {'__module__': 5})\nB = type('B', (object,), {'__module__': S('b')})\n\
                def f(): pass\nf.__module__ = S('m')\nf.__name__ = S('n')\nglobals()[S('name')] = 1\nprint('on')";
    under_fire(contained(), &prompt(case), |_, _, play| {
        assert_eq!(play.ending, Ending::Finished, "{play:?}");
        assert_eq!(values(play, 2), ["shown"]);
        assert_eq!(raised(&play.steps[4]), "__main__.X: raised");
        assert_eq!(play.steps.last().unwrap().output.stdout, b"on\n");
    });
}

#[test]
fn what_raises_while_it_is_shown_is_reported_at_its_step() {
    let case = "class R(object):\n    def __repr__(self): raise KeyError('shown')\n\nR()\n\
                class X(Exception):\n    def __str__(self): raise SystemExit(3)\n    __repr__ = __str__\n\nraise X()\n\
                class Y(Exception):\n    def __getattribute__(self, name): raise KeyboardInterrupt(name)\n\nraise Y()\n\
                class Z(SystemExit):\n    code = property(lambda self: 1 / 0)\n\nprint('on')\nraise Z()\nprint('never')";
    under_fire(contained(), &prompt(case), |_, _, play| {
        assert_eq!(raised(&play.steps[1]), "KeyError: 'shown'");
        assert_eq!(raised(&play.steps[3]), "__main__.X: <exception str() failed>");
        assert!(raised(&play.steps[5]).starts_with("__main__.Y: "), "{}", raised(&play.steps[5]));
        assert_eq!(play.steps[7].output.stdout, b"on\n");
        assert_eq!((&play.ending, play.steps.len()), (&Ending::Exited { status: 1 }, 9), "{play:?}");
    });
}

#[test]
fn a_lazy_module_is_not_woken() {
    let markdown = format!(
        "# T\n\n```toml\npython = \">=3.5\"\n```\n\n`lazy.py`:\n\n```python\nprint('woken')\n```\n\n{}",
        transcript(
            "import sys, importlib.util as u\ns = u.find_spec('lazy')\ns.loader = u.LazyLoader(s.loader)\nm = u.module_from_spec(s)\n\
             sys.modules['lazy'] = m\ns.loader.exec_module(m)\nprint('asleep')\nm.__doc__"
        )
    );
    let case = scenario("lazy", &markdown, &[]);
    under_fire(contained(), &case, |python, _, play| {
        if python.tag.major < 3 {
            return println!("skipped on {}: LazyLoader came with 3.5", python.tag);
        }
        let written: Vec<_> =
            play.steps.iter().map(|step| String::from_utf8_lossy(&step.output.stdout)).collect();
        assert_eq!(written, ["", "", "", "", "", "", "", "asleep\n", "woken\n"], "{play:?}");
    });
}

#[test]
fn classes_that_all_refer_to_each_other_do_not_hang_the_probe() {
    let case = "C = [type('C%d' % n, (object,), {}) for n in range(14)]\nfor a in C:\n    globals()[a.__name__] = a\n    \
                for b in C: setattr(a, b.__name__, b)\n\nlen(vars(C[0])) > 14\nfor n in range(3000):\n    C[0] = type('D', (object,), {'inner': C[0]})\n\nD = C[0]\nprint('on')";
    under_fire(contained(), &prompt(case), |_, _, play| {
        assert_eq!((&play.ending, play.steps.len()), (&Ending::Finished, 6), "{:?}", play.ending);
    });
}

#[test]
fn nothing_of_a_run_is_kept_alive_by_the_probe() {
    let case = "import weakref\nclass A(object):\n    def f(self): pass\n\na = A()\ndef g(): pass\na.f()\ng()\n1\n\
                r = list(map(weakref.ref, (a, g)))\nif True:\n    del a, g\n    print([x() for x in r])";
    under_fire(contained(), &prompt(case), |_, _, play| {
        assert_eq!(play.steps.last().unwrap().output.stdout, b"[None, None]\n", "{play:?}");
        assert_eq!(play.steps.last().unwrap().event.freed.len(), 2, "{play:?}");
    });
}

#[test]
fn a_pipe_that_a_run_made_non_blocking_is_a_blocking_one_in_the_next() {
    let case = "import fcntl, os\nfor d in [int(n) for n in os.listdir('/proc/self/fd')]:\n    try:\n        \
                n = fcntl.fcntl(d, fcntl.F_SETFL, fcntl.fcntl(d, fcntl.F_GETFL) | os.O_NONBLOCK)\n    except (IOError, OSError):\n        pass\n\nprint('on')";
    let flood = prompt(
        "import os\nfor _ in range(64):\n    n = [os.write(1, b'x' * 65536) for _ in range(16)]\n\nprint('after')",
    );
    for python in two() {
        let plays = Ground::new(python, Mode::Contained).play(&[&prompt(case), &flood]);
        assert_eq!(
            (&plays[0].ending, &plays[0].steps[2].output.stdout[..]),
            (&Ending::Finished, &b"on\n"[..])
        );
        assert_eq!(
            (&plays[1].ending, plays[1].steps[1].output.dropped),
            (&Ending::Finished, 63 << 20),
            "{:?}",
            plays[1].steps[1].event
        );
    }
}

#[test]
fn signals_that_arrive_between_the_steps_are_handled_at_the_next() {
    let case = "import signal, time\ndef handler(*a): raise ValueError('alarm')\nn = signal.signal(signal.SIGALRM, handler)\n\
                n = signal.setitimer(signal.ITIMER_REAL, 0.001, 0.0005)";
    let idle = "\ntry:\n    pass\nexcept ValueError:\n    pass\n".repeat(200);
    let case = prompt(&format!("{case}{idle}\nn = signal.setitimer(signal.ITIMER_REAL, 0)\nprint('on')"));
    under_fire(contained(), &case, |_, _, play| {
        assert_eq!((&play.ending, play.steps.len()), (&Ending::Finished, case.steps.len()), "{play:?}");
    });
    let case = "import os, signal, threading\nseen = []\nn = signal.signal(signal.SIGUSR1, lambda *a: seen.append(1))\n\
                pid = os.getpid()\nif os.fork() == 0:\n    for _ in range(200):\n        os.kill(pid, signal.SIGUSR1)\n    os._exit(0)\n\n\
                a = os.wait()\nlen(seen) > 0\nsignal.getsignal(signal.SIGUSR1)(1, 2)\nsignal.getsignal(signal.SIGINT)";
    under_fire(contained(), &prompt(case), |_, _, play| {
        assert_eq!(values(play, 6), ["True"], "{play:?}");
        assert_eq!(values(play, 8), ["<built-in function default_int_handler>"]);
    });
}
