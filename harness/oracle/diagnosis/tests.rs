mod deleted;
mod kept;
mod modules;
mod objects;
mod relations;
mod runs;
mod state;

use super::{Cause, Evidence, Made, diagnose};
use crate::oracle::Verdict;
use crate::oracle::imported::Imported;
use crate::trace::{Identity, Label, Origin, Place, Referent, Sense, Sighting, Written};
use crate::worker::{Executed, Form, Found, Kind, Nature, Past, Role};

/// `foo.Bar#1`: a token of its own for each label.
fn identity(label: &str) -> Identity {
    let (name, generation) = label.split_once('#').unwrap();
    let generation: u32 = generation.parse().unwrap();
    let token = name.bytes().map(u64::from).sum::<u64>() * 10 + u64::from(generation);
    let kind = if name.rsplit('.').next().unwrap().starts_with(char::is_uppercase) {
        Kind::Class
    } else {
        Kind::Function
    };
    Identity { label: Label { name: name.to_owned(), generation }, kind, token, id: token }
}

/// The first generation is superseded by the second.
fn known(label: &str) -> Referent {
    let identity = identity(label);
    Referent::Known { superseded: identity.label.generation == 1, identity }
}

fn successor(label: &str) -> Option<Identity> {
    label.strip_suffix("#1").map(|name| identity(&format!("{name}#2")))
}

fn sense(nature: Nature) -> Sense {
    Sense { nature, is: None, class: None, mro: Vec::new(), now: None, plain: None, size: None }
}

fn class(mro: &[&str]) -> Sense {
    let mro_of = mro.iter().map(|label| known(label)).collect();
    Sense { is: Some(known(mro[0])), mro: mro_of, now: successor(mro[0]), ..sense(Nature::Class) }
}

fn instance(mro: &[&str]) -> Sense {
    let class = class(mro);
    Sense { nature: Nature::Instance, class: class.is.clone(), is: None, ..class }
}

fn function(label: &str) -> Sense {
    Sense { is: Some(known(label)), now: successor(label), ..sense(Nature::Function) }
}

fn method(label: &str, class: &str) -> Sense {
    Sense { class: Some(known(class)), nature: Nature::Method, now: successor(class), ..function(label) }
}

fn place(line: usize) -> Place {
    Place {
        file: "foo.py".to_owned(),
        line,
        function: "foo".to_owned(),
        origin: Origin::Scenario,
        source: Some("...".to_owned()),
        markdown: None,
    }
}

fn sees(role: Role, text: &str, sense: Sense) -> Sighting {
    Sighting {
        place: place(9),
        runs: None,
        role,
        text: text.to_owned(),
        found: Found::Global,
        sense: Some(sense),
        on: None,
        code: 0,
        written: Written::Today,
        past: None,
        holds: None,
        own: false,
    }
}

fn on(sighting: Sighting, text: &str, sense: Sense) -> Sighting {
    Sighting { on: Some((text.to_owned(), sense)), ..sighting }
}

/// What is known of a scenario apart from what a step did.
#[derive(Default)]
struct Ground {
    made: Made,
    made_in_restart: Made,
    imported: Imported,
}

impl Ground {
    /// `foo.py` imports `f`.
    fn importing() -> Self {
        let mut ground = Self::default();
        ground.imported.read(Some("foo.py"), "import f");
        ground
    }

    fn evidence<'a>(
        &'a self,
        verdict: Verdict,
        seen: &'a [Sighting],
        restart: &'a [Sighting],
    ) -> Evidence<'a> {
        let Self { made, made_in_restart, imported } = self;
        let (raised, earlier, stops) = (None, &[] as &[_], &[] as &[_]);
        Evidence {
            verdict,
            raised,
            edited: true,
            reloads: false,
            earlier,
            seen,
            restart,
            stops,
            made,
            made_in_restart,
            imported,
        }
    }
}

fn made(labels: &[&str]) -> Made {
    let identities: Vec<Identity> = labels.iter().map(|label| identity(label)).collect();
    Made::of(identities.iter())
}

fn told(evidence: &Evidence<'_>) -> Vec<(Cause, String)> {
    diagnose(evidence).into_iter().map(|diagnosis| (diagnosis.cause, diagnosis.text)).collect()
}

fn diagnosed(verdict: Verdict, seen: &[Sighting], restart: &[Sighting]) -> Vec<(Cause, String)> {
    told(&Ground::importing().evidence(verdict, seen, restart))
}

fn one(verdict: Verdict, seen: &[Sighting], restart: &[Sighting], cause: Cause, text: &str) {
    assert_eq!(diagnosed(verdict, seen, restart), [(cause, text.to_owned())]);
}

#[test]
fn where_nothing_shows_nothing_is_said() {
    let seen =
        [sees(Role::Name, "x", sense(Nature::Instance)), sees(Role::Name, "foo.f", function("foo.f#2"))];
    for verdict in Verdict::ALL {
        assert_eq!(diagnosed(verdict, &seen, &[]), []);
    }
}

#[test]
fn no_more_than_two_causes_are_told_and_each_once() {
    let crossed = |text: &str| {
        on(sees(Role::Isinstance, text, class(&["foo.Foo#2"])), "b", instance(&["foo.Bar#1", "foo.Foo#1"]))
    };
    let seen = [crossed("A"), crossed("A"), crossed("B"), crossed("C")];
    assert_eq!(diagnosed(Verdict::Mixed, &seen, &[]).len(), 2);
}

fn ran(label: &str, code: u64, written: Written) -> Sighting {
    let text = label.split_once('.').map_or(label, |(_, name)| name.split('#').next().unwrap());
    let sense = function(label);
    Sighting { runs: sense.is.clone(), code, written, found: Found::Nowhere, ..sees(Role::Run, text, sense) }
}

fn number(text: &str, plain: &str, past: Past) -> Sighting {
    let sense = Sense { plain: Some(plain.to_owned()), ..sense(Nature::Instance) };
    Sighting { past: Some(past), ..sees(Role::Name, text, sense) }
}

fn past(form: Form) -> Past {
    Past {
        form: Some(form),
        is_stateful: false,
        undone: None,
        source: Executed::Today,
        former: None,
        origin: None,
        now: None,
        through: None,
        unfinished: None,
        module: None,
        defined_in: Vec::new(),
    }
}

#[test]
fn of_what_the_line_itself_makes_it_is_the_class_that_is_kept() {
    let local = |sighting| Sighting { found: Found::Local, ..sighting };
    let class = local(sees(Role::Name, "self.cls", class(&["foo.Bar#1"])));
    let made = local(sees(Role::Name, "self.cls()", instance(&["foo.Bar#1"])));
    let text = "self.cls is still foo.Bar#1; foo.Bar means foo.Bar#2 now";
    one(Verdict::Stale, &[class, made.clone()], &[], Cause::KeptReference, text);
    let free = Sighting { found: Found::Free, ..made };
    assert_eq!(diagnosed(Verdict::Stale, &[free], &[]), []);
}
