//! What came to be, moved and was superseded.

use super::*;

#[test]
fn purge_and_import_makes_a_second_module() {
    let again = defines_foo(10).with(module(11, "foo")).bind(sys("foo", 11));
    let run = Run::new()
        .import_foo()
        .step("b = foo.Bar()", Event::default().instance(6, "b", 4))
        .step(
            "old = sys.modules.pop('foo')",
            Event::default()
                .bind(gone(Scope::Modules, "foo"))
                .bind(prompt("old", 1))
                .bind(gone(Scope::Attributes, "foo.Foo"))
                .bind(gone(Scope::Attributes, "foo.Foo.foo"))
                .bind(gone(Scope::Attributes, "foo.Bar"))
                .bind(gone(Scope::Attributes, "foo.Bar.foo")),
        )
        .step("__import__('foo') and None", again)
        .step("import foo", Event::default().bind(prompt("foo", 11)));
    assert_snapshot!(shown(&run), @"
    >>> import foo
        foo      #1
        foo.Foo  #1
        foo.Bar  #1   mro: foo.Bar#1, foo.Foo#1, object
    >>> b = foo.Bar()
        b  #1   a foo.Bar#1
    >>> old = sys.modules.pop('foo')
        sys.modules['foo']  gone
        old                 foo#1
    >>> __import__('foo') and None
        sys.modules['foo']  #2
        foo.Foo             #2
        foo.Bar             #2   mro: foo.Bar#2, foo.Foo#2, object
        foo is the superseded foo#1
        old is the superseded foo#1
        b is a superseded foo.Bar#1
    >>> import foo
        foo  #1 -> #2
    ");
}

#[test]
fn a_reload_supersedes_classes_functions_and_instances_at_the_prompt() {
    let first = defines_foo(0)
        .with(function(7, "foo.run"))
        .bind(attribute("foo.run", 7))
        .with(module(1, "foo"))
        .bind(sys("foo", 1))
        .bind(prompt("foo", 1));
    let second = defines_foo(10).with(function(17, "foo.run")).bind(attribute("foo.run", 17));
    let run = Run::new()
        .step("import foo", first)
        .step("from foo import Bar, run", Event::default().bind(prompt("Bar", 4)).bind(prompt("run", 7)))
        .step("b = c = Bar()", Event::default().instance(8, "b", 4).bind(prompt("c", 8)))
        .step("reload(foo)", second)
        .step("d = Bar()", Event::default().instance(18, "d", 4))
        .step("e = b", Event::default().bind(prompt("e", 8)))
        .step("from foo import Bar", Event::default().bind(prompt("Bar", 14)))
        .step("reload(foo)", defines_foo(20).with(function(27, "foo.run")).bind(attribute("foo.run", 27)));
    assert_snapshot!(shown(&run), @"
    >>> import foo
        foo      #1
        foo.Foo  #1
        foo.Bar  #1   mro: foo.Bar#1, foo.Foo#1, object
        foo.run  #1
    >>> from foo import Bar, run
        Bar  foo.Bar#1
        run  foo.run#1
    >>> b = c = Bar()
        b  #1    a foo.Bar#1
        c  b#1
    >>> reload(foo)
        foo.Foo  #1 -> #2
        foo.Bar  #1 -> #2   mro: foo.Bar#2, foo.Foo#2, object
        foo.run  #1 -> #2
        Bar is the superseded foo.Bar#1
        run is the superseded foo.run#1
        b is a superseded foo.Bar#1
        c is a superseded foo.Bar#1
    >>> d = Bar()
        d  #1   a superseded foo.Bar#1
    >>> e = b
        e  b#1   superseded
    >>> from foo import Bar
        Bar  foo.Bar#1 -> foo.Bar#2
    >>> reload(foo)
        foo.Foo  #2 -> #3
        foo.Bar  #2 -> #3   mro: foo.Bar#3, foo.Foo#3, object
        foo.run  #2 -> #3
        Bar is the superseded foo.Bar#2
    ");
}

#[test]
fn an_alias_that_moves_is_told_by_both_labels() {
    let base = Event::default()
        .with(class(1, "base.Foo", &[1]))
        .bind(attribute("base.Foo", 1))
        .bind(attribute("foo.Foo", 1));
    let run = Run::new()
        .step("import foo", base)
        .step(
            "foo.Foo = foo.Baz",
            Event::default()
                .with(class(2, "foo.Baz", &[2, 1]))
                .bind(attribute("foo.Baz", 2))
                .bind(attribute("foo.Foo", 2)),
        )
        .step("del foo.Foo", Event::default().bind(gone(Scope::Attributes, "foo.Foo")));
    assert_snapshot!(shown(&run), @"
    >>> import foo
        base.Foo  #1
        foo.Foo   base.Foo#1
    >>> foo.Foo = foo.Baz
        foo.Baz  #1                        mro: foo.Baz#1, base.Foo#1, object
        foo.Foo  base.Foo#1 -> foo.Baz#1
    >>> del foo.Foo
        foo.Foo  gone
    ");
}

#[test]
fn nested_and_local_classes_are_told_once() {
    let event = |offset| {
        let [outer, inner, run] = [1_u64, 2, 3].map(|token| token + offset);
        Event::default()
            .with(class(outer, "foo.Outer", &[outer]))
            .with(class(inner, "foo.Outer.Inner", &[inner]))
            .with(function(run, "foo.Outer.Inner.run"))
            .bind(attribute("foo.Outer", outer))
            .bind(attribute("foo.Outer.Inner", inner))
            .bind(attribute("foo.Outer.Inner.run", run))
    };
    let local = Event::default()
        .with(class(5, "foo.make.<locals>.C", &[5]))
        .with(function(6, "foo.make.<locals>.C.run"))
        .with(instance(7, "c", 5))
        .bind(prompt("c", 7));
    let run = Run::new()
        .step("import foo", event(0))
        .step("i = foo.Outer.Inner()", Event::default().instance(4, "i", 2))
        .step("c = foo.make()", local)
        .step("reload(foo)", event(10))
        .step(
            "c = foo.make()",
            Event::default()
                .with(class(20, "foo.make.<locals>.C", &[20]))
                .with(instance(21, "c", 20))
                .bind(prompt("c", 21))
                .free(&[7]),
        );
    assert_snapshot!(shown(&run), @"
    >>> import foo
        foo.Outer  #1
    >>> i = foo.Outer.Inner()
        i  #1   a foo.Outer.Inner#1
    >>> c = foo.make()
        foo.make.<locals>.C  #1
        c                    #1   a foo.make.<locals>.C#1
    >>> reload(foo)
        foo.Outer  #1 -> #2
        i is a superseded foo.Outer.Inner#1
    >>> c = foo.make()
        foo.make.<locals>.C  #2
        c                    #1 -> #2   a foo.make.<locals>.C#2
    ");
}

#[test]
fn classes_without_a_module_and_classes_of_the_prompt() {
    let plain = Made { reachable: false, ..class(1, "C", &[1]) };
    let run = Run::new()
        .step("C = type('C', (), {})", Event::default().with(plain).bind(prompt("C", 1)))
        .step("c = C()", Event::default().instance(2, "c", 1))
        .step(
            "class D(object): pass",
            Event::default().with(class(3, "__main__.D", &[3])).bind(prompt("D", 3)),
        )
        .step("d = D()", Event::default().instance(4, "d", 3))
        .step(
            "class D(object): pass",
            Event::default().with(class(5, "__main__.D", &[5])).bind(prompt("D", 5)),
        );
    assert_snapshot!(shown(&run), @"
    >>> C = type('C', (), {})
        C  #1
    >>> c = C()
        c  #1   a C#1
    >>> class D(object): pass
        D  #1
    >>> d = D()
        d  #1   a __main__.D#1
    >>> class D(object): pass
        D  #1 -> #2
        d is a superseded __main__.D#1
    ");
}

#[test]
fn a_metaclass_is_told_of_and_an_old_style_class_has_no_object() {
    let meta = class(1, "foo.Meta", &[1]);
    let with_meta = Made { class: Some(Reference::Token(1)), ..class(2, "foo.Foo", &[2]) };
    let both =
        Made { class: Some(Reference::Name("abc.ABCMeta".to_owned())), ..class(3, "foo.Bar", &[3, 2]) };
    let old = Made { mro: vec![Reference::Token(4), Reference::Token(2)], ..class(4, "foo.Old", &[]) };
    let oldest = Made { mro: vec![Reference::Token(5)], ..class(5, "foo.Oldest", &[]) };
    let mut event = Event::default();
    for (made, name) in [(meta, "Meta"), (with_meta, "Foo"), (both, "Bar"), (old, "Old"), (oldest, "Oldest")]
    {
        let token = made.token;
        event = event.with(made).bind(attribute(&format!("foo.{name}"), token));
    }
    assert_snapshot!(shown(&Run::new().step("import foo", event)), @"
    >>> import foo
        foo.Meta    #1
        foo.Foo     #1   metaclass: foo.Meta#1
        foo.Bar     #1   mro: foo.Bar#1, foo.Foo#1, object; metaclass: abc.ABCMeta
        foo.Old     #1   mro: foo.Old#1, foo.Foo#1
        foo.Oldest  #1
    ");
}

#[test]
fn a_monkeypatched_method_is_told_of() {
    let run = Run::new()
        .import_foo()
        .step(
            "def patched(self): pass",
            Event::default().with(function(6, "__main__.patched")).bind(prompt("patched", 6)),
        )
        .step("foo.Bar.foo = patched", Event::default().bind(attribute("foo.Bar.foo", 6)))
        .step("del foo.Bar.foo", Event::default().bind(gone(Scope::Attributes, "foo.Bar.foo")))
        .step(
            "del foo.Foo",
            Event::default()
                .bind(gone(Scope::Attributes, "foo.Foo"))
                .bind(gone(Scope::Attributes, "foo.Foo.foo")),
        );
    assert_snapshot!(shown(&run), @"
    >>> import foo
        foo      #1
        foo.Foo  #1
        foo.Bar  #1   mro: foo.Bar#1, foo.Foo#1, object
    >>> def patched(self): pass
        patched  #1
    >>> foo.Bar.foo = patched
        foo.Bar.foo  foo.Bar.foo#1 -> __main__.patched#1
    >>> del foo.Bar.foo
        foo.Bar.foo  gone
    >>> del foo.Foo
        foo.Foo  gone
    ");
}

#[test]
fn assigning_class_and_bases_is_told_of() {
    let run = Run::new()
        .import_foo()
        .step("b = foo.Bar()", Event::default().instance(6, "b", 4))
        .reload_foo()
        .step("b.__class__ = foo.Bar", Event::default().reclass(6, 14))
        .step("foo.Bar.__bases__ = (Old,)", Event::default().relinearize(14, &[14, 2]))
        .step("b.__class__ = Old", Event::default().reclass(6, 4));
    assert_snapshot!(shown(&run), @"
    >>> import foo
        foo      #1
        foo.Foo  #1
        foo.Bar  #1   mro: foo.Bar#1, foo.Foo#1, object
    >>> b = foo.Bar()
        b  #1   a foo.Bar#1
    >>> reload(foo)
        foo.Foo  #1 -> #2
        foo.Bar  #1 -> #2   mro: foo.Bar#2, foo.Foo#2, object
        b is a superseded foo.Bar#1
    >>> b.__class__ = foo.Bar
        b: foo.Bar#1 -> foo.Bar#2
    >>> foo.Bar.__bases__ = (Old,)
        mro of foo.Bar#2 is now foo.Bar#2, foo.Foo#1, object
    >>> b.__class__ = Old
        b: foo.Bar#2 -> foo.Bar#1
        b is a superseded foo.Bar#1
    ");
}

#[test]
fn a_name_that_changes_its_kind_says_so() {
    let constant = |token| Made {
        plain: true,
        class: Some(Reference::Name("int".to_owned())),
        ..instance(token, "n", 0)
    };
    let list = Made { class: Some(Reference::Name("list".to_owned())), ..instance(9, "n", 0) };
    let object = Made { class: Some(Reference::Name("object".to_owned())), ..instance(10, "o", 0) };
    let run = Run::new()
        .import_foo()
        .step("foo = foo.Foo()", Event::default().instance(6, "foo", 2))
        .step("n = 1", Event::default().with(constant(7)).bind(prompt("n", 7)))
        .step(
            "n = 2",
            Event::default()
                .with(constant(8))
                .bind(prompt("n", 8))
                .show(Value { token: Some(8), ..value("2") }),
        )
        .step("n = []", Event::default().with(list).bind(prompt("n", 9)))
        .step("o = object()", Event::default().with(object).bind(prompt("o", 10)))
        .step("del n", Event::default().bind(gone(Scope::Prompt, "n")));
    assert_snapshot!(shown(&run), @"
    >>> import foo
        foo      #1
        foo.Foo  #1
        foo.Bar  #1   mro: foo.Bar#1, foo.Foo#1, object
    >>> foo = foo.Foo()
        foo  module foo#1 -> instance foo#1   a foo.Foo#1
    >>> n = 1
    >>> n = 2
        2
    >>> n = []
        n  #2 -> #3   a list
    >>> o = object()
        o  #1   an object
    >>> del n
        n  gone
    ");
}

#[test]
fn a_module_that_the_prompt_has_and_sys_modules_has_not_is_told_apart() {
    let run = Run::new()
        .import_foo()
        .step(
            "del sys.modules['foo']; import foo as f",
            defines_foo(10).with(module(11, "foo")).bind(sys("foo", 11)).bind(prompt("f", 11)),
        )
        .step("del sys.modules['foo']", Event::default().bind(gone(Scope::Modules, "foo")));
    assert_snapshot!(shown(&run), @"
    >>> import foo
        foo      #1
        foo.Foo  #1
        foo.Bar  #1   mro: foo.Bar#1, foo.Foo#1, object
    >>> del sys.modules['foo']; import foo as f
        sys.modules['foo']  #1 -> #2
        foo.Foo             #1 -> #2
        foo.Bar             #1 -> #2   mro: foo.Bar#2, foo.Foo#2, object
        f                   foo#2
        foo is the superseded foo#1
    >>> del sys.modules['foo']
        sys.modules['foo']  gone
    ");
}
