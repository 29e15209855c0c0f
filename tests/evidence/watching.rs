//! What watching is bounded by, and what it must not change.

use crate::{FOUNDING, RELOADED, Watched, after_reload, told};

#[test]
fn only_watched_steps_tell_anything() {
    let watched = Watched::new(">=2.7", &[("foo.py", FOUNDING)], &format!("{RELOADED}>>> b"));
    for (tag, play) in watched.plays() {
        let (last, before) = play.steps.split_last().unwrap();
        assert!(before.iter().all(|step| step.event.uses.is_empty()), "{tag}");
        assert!(!last.event.uses.is_empty(), "{tag}");
    }
}

#[test]
fn nothing_of_the_scenarios_is_woken() {
    let module = "class Sly(object):\n    def refuse(self, *args):\n        print('woken')\n        \
                  raise RuntimeError('woken')\n    __eq__ = __ne__ = __hash__ = __getattr__ = __repr__ = refuse\n    \
                  __len__ = __iter__ = __contains__ = __bool__ = __nonzero__ = refuse\n    secret = property(refuse)\n\
                  class Meta(type):\n    def refuse(cls, *args):\n        raise RuntimeError('woken')\n    \
                  __eq__ = __hash__ = __instancecheck__ = __getattribute__ = refuse\n\
                  Odd = type.__new__(Meta, 'Odd', (Sly,), {})\n\
                  def ask(x, y):\n    if x is None: (x.secret, x.gone, x == y, x in [y], x in {}, Odd.gone, isinstance(x, Odd))\n    \
                  return x is y, x.ready\n";
    let transcript =
        ">>> import foo\n>>> s = foo.Sly()\n>>> s.ready = 1\n>>> m = reload(foo)\n>>> foo.ask(s, s)";
    let watched = Watched::new(">=2.7", &[("foo.py", module)], transcript);
    watched.tells(&["foo.py:15 Name x: Local, instance s#1 of foo.Sly#1"]);
    watched.tells_nothing_of("x.secret");
    watched.tells_nothing_of("x.gone");
    for (tag, play) in watched.plays() {
        let last = play.steps.last().unwrap();
        assert!(last.event.exception.is_none(), "{tag}: {:?}", last.event.exception);
        assert!(last.output.stdout.is_empty(), "{tag}");
        assert_eq!(last.event.values[0].text, "(True, 1)", "{tag}");
    }
}

#[test]
fn a_repr_is_watched() {
    let method = "    def __repr__(self):\n        return str(isinstance(self, Bar))\n";
    after_reload(">=2.7", method, ">>> b")
        .tells(&["foo.py:6 Isinstance Bar: Global, class foo.Bar#2, on self: instance b#1 of foo.Bar#1"]);
}

#[test]
fn endless_recursion_and_long_loops_are_bounded() {
    let functions = "def sink(n):\n    return sink(n + 1)\ndef spin():\n    n = 0\n    while n < 300000:\n        n += 1\n    return n\n\
                     def wide():\n    return [many(n) for n in range(500)]\ndef many(n):\n    return n\n";
    for (tag, play) in after_reload(">=2.7", functions, ">>> foo.sink(0)").plays() {
        let event = &play.steps.last().unwrap().event;
        assert!(!event.uses.is_empty() && event.uses.len() < 20, "{tag}: {}", event.uses.len());
        let name = &event.exception.as_ref().unwrap().name;
        assert!(name == "RecursionError" || name == "RuntimeError", "{tag}: {name}");
    }
    for call in [">>> foo.spin()", ">>> foo.wide() and 1"] {
        for (tag, play) in after_reload(">=2.7", functions, call).plays() {
            let event = &play.steps.last().unwrap().event;
            assert!(event.exception.is_none() && event.uses.len() < 30, "{tag}: {}", event.uses.len());
        }
    }
}

#[test]
fn where_the_scenario_traces_itself_nothing_is_told() {
    let steps = ">>> import sys\n>>> def trace(*args): pass\n...\n>>> sys.settrace(trace)\n>>> b.__class__ is foo.Bar";
    let watched = after_reload(">=2.7", "", steps);
    for (tag, play) in watched.plays() {
        let event = &play.steps.last().unwrap().event;
        assert!(event.uses.is_empty() && event.values[0].text == "False", "{tag}");
    }
    let own =
        ">>> import sys\n>>> def trace(*args): pass\n...\n>>> sys.settrace(trace); b; sys.settrace(None)";
    after_reload(">=2.7", "", own).tells(&["<stdin>:1 Name b: Global, instance b#1 of foo.Bar#1"]);
}

#[test]
fn a_signal_handler_may_raise_in_the_midst_of_a_watched_line() {
    let steps = ">>> import signal\n>>> def stop(*args):\n...     raise ValueError('time is up')\n...\n\
                 >>> before = signal.signal(signal.SIGALRM, stop)\n>>> before = signal.setitimer(signal.ITIMER_REAL, 0.05)\n\
                 >>> while True:\n...     b, foo, foo.Bar, isinstance(b, foo.Bar)\n...\n";
    for (tag, play) in after_reload(">=2.7", "", steps).plays() {
        let exception = play.steps.last().unwrap().event.exception.as_ref();
        assert!(exception.is_some_and(|one| one.name == "ValueError"), "{tag}: {exception:?}");
    }
}

#[test]
fn what_is_watched_lives_no_longer_than_it_would() {
    let function = "def make():\n    class Local(object): pass\n    made = Local()\n    return made and 1\n";
    let watched = after_reload(">=2.7", function, ">>> foo.make()");
    for (tag, play) in watched.plays() {
        let event = &play.steps.last().unwrap().event;
        assert!(event.made.is_empty(), "{tag}: {:?}", event.made);
        let local = if tag.major == 2 { "foo.Local" } else { "foo.make.<locals>.Local" };
        let line = format!("foo.py:8 Name made: Local, instance of {local}");
        assert!(told(&play).contains(&line), "{tag}: {:?}", told(&play));
    }
    let steps =
        ">>> import weakref\n>>> r = weakref.ref(b)\n>>> b.__class__; b.nothing = 1; del b; r() is None";
    for (tag, play) in after_reload(">=2.7", "", steps).plays() {
        let event = &play.steps.last().unwrap().event;
        assert_eq!(event.values.last().unwrap().text, "True", "{tag}");
    }
}
