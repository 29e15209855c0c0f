//! What a step changed, as a table and sentences.

use std::collections::BTreeSet;

use crate::trace::{Changes, Family, Identity, Moved, New, Referent};
use crate::worker::{Kind, Scope, Token};

/// The lines that tell of a step's changes.
pub(super) fn lines(changes: &Changes) -> Vec<String> {
    let mut lines = table(&rows(changes));
    for one in &changes.relinearized {
        lines.push(format!("mro of {} is now {}", one.class.label, list(&one.mro)));
    }
    for one in &changes.reclassed {
        let name = one.name.clone().unwrap_or_else(|| one.instance.label.to_string());
        let from = one.from.as_ref().map(|from| format!("{} -> ", called(from))).unwrap_or_default();
        lines.push(format!("{name}: {from}{}", called(&one.to)));
    }
    for one in &changes.superseded {
        let article = if one.holder == one.what { "the" } else { "a" };
        lines.push(format!("{} is {article} superseded {}", one.name, one.what.label));
    }
    lines
}

/// A name, how it moved, and what it means now.
#[derive(Debug, PartialEq, Eq)]
struct Row {
    name: String,
    change: String,
    details: String,
    /// What the name means now.
    token: Option<Token>,
    /// Whether that is called by this name.
    own: bool,
}

fn rows(changes: &Changes) -> Vec<Row> {
    let made: BTreeSet<Token> = changes.made.iter().map(|new| new.identity.token).collect();
    let of_scope = |scope| {
        let rows = changes.moved.iter().filter(move |moved| moved.scope == scope);
        rows.map(|one| moved(one, &made))
    };
    let alone = |superseded| {
        changes.made.iter().filter(move |new| new.alone && new.superseded == superseded).map(|new| Row {
            name: new.identity.label.name.clone(),
            change: format!("#{}", new.identity.label.generation),
            details: String::new(),
            token: Some(new.identity.token),
            own: true,
        })
    };
    let in_order = of_scope(Scope::Modules)
        .chain(alone(true))
        .chain(of_scope(Scope::Attributes))
        .chain(alone(false))
        .chain(of_scope(Scope::Prompt));
    let mut rows: Vec<Row> = Vec::new();
    for row in in_order {
        if !rows.contains(&row) {
            rows.push(row);
        }
    }
    for new in &changes.made {
        let means = |row: &&mut Row| row.token == Some(new.identity.token);
        let own = rows.iter_mut().filter(means).find(|row| row.own);
        let first = match own {
            Some(row) => Some(row),
            None => rows.iter_mut().find(means),
        };
        if let Some(row) = first {
            row.details = details(new);
        }
    }
    // The same name in `sys.modules` and at the prompt.
    for one in &changes.moved {
        if one.held_superseded && !changes.superseded.iter().any(|other| other.name == one.name) {
            let token = one.to.as_ref().map(|to| to.token);
            for row in rows.iter_mut().filter(|row| row.token == token && row.details.is_empty()) {
                "superseded".clone_into(&mut row.details);
            }
        }
    }
    rows
}

fn moved(moved: &Moved, made: &BTreeSet<Token>) -> Row {
    let name = if moved.split { format!("sys.modules['{}']", moved.name) } else { moved.name.clone() };
    let own = |identity: &Identity| identity.label.is_of(&moved.name);
    let short = |identity: &Identity| format!("#{}", identity.label.generation);
    let change = match (&moved.from, &moved.to) {
        (_, None) if moved.other => "now something else".to_owned(),
        (_, None) => "gone".to_owned(),
        // What was there before has its label, for `#1` alone would be taken for another one.
        (None, Some(to)) if own(to) && made.contains(&to.token) => short(to),
        (None, Some(to)) => to.label.to_string(),
        (Some(from), Some(to)) if Family::of(from.kind) != Family::of(to.kind) => {
            format!("{} {} -> {} {}", kind(from.kind), from.label, kind(to.kind), to.label)
        }
        (Some(from), Some(to)) if own(from) && own(to) => format!("{} -> {}", short(from), short(to)),
        (Some(from), Some(to)) => format!("{} -> {}", from.label, to.label),
    };
    Row {
        name,
        change,
        details: String::new(),
        token: moved.to.as_ref().map(|to| to.token),
        own: moved.to.as_ref().is_some_and(own),
    }
}

/// A kind, in a word.
pub(super) fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Module => "module",
        Kind::Class => "class",
        Kind::Function => "function",
        Kind::Instance => "instance",
    }
}

fn details(new: &New) -> String {
    match new.identity.kind {
        Kind::Instance => new.class.as_ref().map(article).unwrap_or_default(),
        Kind::Module | Kind::Function => String::new(),
        Kind::Class => {
            let mro = (!is_trivial(&new.mro)).then(|| format!("mro: {}", list(&new.mro)));
            let metaclass = new.class.as_ref().map(|class| format!("metaclass: {}", called(class)));
            let superseded = new.superseded.then(|| "superseded at once".to_owned());
            superseded.into_iter().chain(mro).chain(metaclass).collect::<Vec<_>>().join("; ")
        }
    }
}

/// Just the class itself, and `object` where it is not an old-style class of 2.7.
fn is_trivial(mro: &[Referent]) -> bool {
    match mro {
        [] | [_] => true,
        [_, Referent::Outside(last)] => last == "object",
        _ => false,
    }
}

fn article(class: &Referent) -> String {
    let called = called(class);
    match class {
        Referent::Known { superseded: true, .. } => format!("a superseded {called}"),
        _ if called.starts_with(['a', 'e', 'i', 'o', 'u', 'A', 'E', 'I', 'O', 'U']) => format!("an {called}"),
        _ => format!("a {called}"),
    }
}

/// What something is called: its label, or its name.
pub(super) fn called(referent: &Referent) -> String {
    match referent {
        Referent::Known { identity, .. } => identity.label.to_string(),
        Referent::Outside(name) => name.clone(),
    }
}

fn list(referents: &[Referent]) -> String {
    referents.iter().map(called).collect::<Vec<_>>().join(", ")
}

fn table(rows: &[Row]) -> Vec<String> {
    let width = |cell: fn(&Row) -> &str| rows.iter().map(|row| cell(row).chars().count()).max().unwrap_or(0);
    let (names, changes) = (width(|row| &row.name), width(|row| &row.change));
    rows.iter()
        .map(|Row { name, change, details, .. }| {
            format!("{name:names$}  {change:changes$}   {details}").trim_end().to_owned()
        })
        .collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use crate::report::{Report, text};
    use crate::trace::made_up::{
        Run, attribute, class, defines_foo, gone, module, other, prompt, surroundings, sys,
    };
    use crate::worker::{Event, Scope};

    /// What is told below the last step, space between columns aside.
    fn last(run: &Run) -> Vec<String> {
        let shown = text(&Report::new(&run.scenario, &run.play, &surroundings()));
        let (_, below) = shown.rsplit_once(">>> ").unwrap();
        below.lines().skip(1).map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
    }

    #[test]
    fn a_name_that_means_what_has_no_identity_is_not_gone() {
        let event = Event::default()
            .bind(other(Scope::Attributes, "foo.Foo"))
            .bind(gone(Scope::Attributes, "foo.Bar"));
        let run = Run::new().import_foo().step("foo.Foo = 3; del foo.Bar", event);
        assert_eq!(last(&run), ["foo.Foo now something else", "foo.Bar gone"]);
    }

    #[test]
    fn a_module_that_is_only_named_has_its_label_where_one_that_is_made_has_a_number() {
        let first = defines_foo(0).with(module(1, "foo")).bind(sys("foo", 1)).bind(prompt("Bar", 4));
        let run = Run::new().step("from foo import Bar", first);
        assert_eq!(last(&run)[0], "foo #1");
        let run = run.step("import foo", Event::default().bind(prompt("foo", 1)));
        assert_eq!(last(&run), ["foo foo#1"]);
    }

    #[test]
    fn an_instance_that_gets_another_class_goes_by_its_own_name() {
        let again = Event::default().with(class(12, "foo.Foo", &[12])).bind(attribute("foo.Foo", 12));
        let run = Run::new()
            .import_foo()
            .step("rest = foo.Foo()", Event::default().instance(6, "rest", 2))
            .step("reload(foo)", again)
            .step("for m in [rest]: ...", Event::default().bind(prompt("m", 6)).reclass(6, 12));
        assert_eq!(last(&run), ["m rest#1", "rest: foo.Foo#1 -> foo.Foo#2"]);
        let run = run
            .step("del rest", Event::default().bind(gone(Scope::Prompt, "rest")))
            .step("m.__class__ = ...", Event::default().reclass(6, 2));
        assert_eq!(last(&run)[0], "m: foo.Foo#2 -> foo.Foo#1");
    }
}
