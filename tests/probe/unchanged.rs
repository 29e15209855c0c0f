//! A step that changes one thing, after steps that changed nothing: no look that is spared hides it.

use crate::Machine;

const FOO: &str = "class A(object):\n    def f(self): return 1\n    s = staticmethod(len)\n    \
                   p = property(lambda self: 1)\n    class Inner(object):\n        def i(self): pass\n\n\
                   def g(): return 1\n\ndef h(): return 2\n\nx = [1]";

/// Each of these statements is a step behind another that changes nothing.
fn each_tells(steps: &[(&str, &[&str])]) {
    let statements: Vec<_> = steps.iter().map(|(statement, _)| format!(">>> 1\n>>> {statement}\n")).collect();
    let transcript = format!(">>> import foo, sys\n{}>>> 1\n", statements.concat());
    let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    for (tag, report) in Machine::new().reports("", &[("foo.py", FOO)], &transcript) {
        let mut told = report.split("\n>>> 1\n    1\n").skip(1);
        for (statement, lines) in steps {
            let said: Vec<_> = told.next().unwrap_or_default().lines().map(words).collect();
            assert_eq!(said[0], format!(">>> {statement}"), "{tag}:\n{report}");
            assert_eq!(said[1..], **lines, "{tag}, {statement}:\n{report}");
        }
    }
}

#[test]
fn another_value_of_a_name_and_another_name_of_a_value() {
    each_tells(&[
        ("foo.A.f = foo.g", &["foo.A.f foo.A.f#1 -> foo.g#1"]),
        ("foo.A.Inner.y = foo.h", &["foo.A.Inner.y foo.h#1"]),
        ("foo.k = foo.x", &[]),
        ("foo.k = foo.h", &["foo.k foo.h#1"]),
        ("del foo.k; foo.l = foo.h", &["foo.k gone", "foo.l foo.h#1"]),
        ("foo.__dict__[7] = foo.g", &[]),
        ("foo.v = foo.g", &["foo.v foo.g#1"]),
        ("sys.modules['bar'] = sys", &[]),
        ("del foo.v", &["foo.v gone"]),
    ]);
}

#[test]
fn another_function_inside_the_same_wrapper_or_in_another_one_at_its_place() {
    each_tells(&[
        ("foo.A.p.__init__(foo.h)", &["foo.A.p foo.A.p#1 -> foo.h#1"]),
        ("foo.A.s = staticmethod(foo.g)", &["foo.A.s foo.g#1"]),
        ("foo.A.s = staticmethod(foo.h)", &["foo.A.s foo.g#1 -> foo.h#1"]),
        ("foo.A.s = staticmethod(foo.g)", &["foo.A.s foo.h#1 -> foo.g#1"]),
    ]);
}

#[test]
fn another_object_in_the_memory_of_the_one_before() {
    each_tells(&[
        ("foo.B = type('B', (object,), {'__module__': 'foo'})", &["foo.B #1"]),
        ("foo.B = type('B', (object,), {'__module__': 'foo'})", &["foo.B #1 -> #2"]),
        ("foo.w = lambda: 1", &["foo.w #1"]),
        ("foo.w = lambda: 1", &["foo.w #1 -> #2"]),
        ("foo.w = [0]", &["foo.w now something else"]),
        ("foo.w = lambda: 1", &["foo.w #3"]),
    ]);
}

#[test]
fn what_a_class_or_a_module_says_of_itself() {
    each_tells(&[
        ("foo.A.Inner.__module__ = 'os'", &["foo.A.Inner now something else"]),
        ("foo.A.Inner.__module__ = 'foo'", &["foo.A.Inner foo.A.Inner#1"]),
        (
            "foo.__name__ = 'b' + 'ar'",
            &[
                "foo.A.Inner.i now something else",
                "foo.A.f now something else",
                "foo.A.p now something else",
                "foo.g now something else",
                "foo.h now something else",
            ],
        ),
        (
            "foo.__name__ = 'foo'",
            &[
                "foo.A.f foo.A.f#1",
                "foo.A.p foo.A.p#1",
                "foo.A.Inner.i foo.A.Inner.i#1",
                "foo.g foo.g#1",
                "foo.h foo.h#1",
            ],
        ),
    ]);
}

#[test]
fn a_class_that_no_name_reaches() {
    each_tells(&[
        (
            "hidden = [type('H', (foo.A,), {'__module__': 'foo'})]",
            &["foo.H #1 mro: foo.H#1, foo.A#1, object", "hidden #1 a list"],
        ),
        ("foo.H = hidden.pop()", &["foo.H foo.H#1"]),
    ]);
}
