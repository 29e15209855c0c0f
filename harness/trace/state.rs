//! What is known of a run so far: every object seen, what each name means, whose each number is.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::trace::normalize::Owner;
use crate::trace::{Family, Identity, Label, Referent};
use crate::worker::{Event, Frame, Kind, Made, Reference, Scope, Token};

/// One object.
#[derive(Debug, Clone)]
pub(crate) struct Object {
    pub(crate) identity: Identity,
    pub(crate) reachable: bool,
    pub(crate) class: Option<Reference>,
    pub(crate) mro: Vec<Reference>,
    pub(crate) plain: bool,
    /// The step at which it was first seen.
    pub(crate) made: usize,
    /// The step at which it was no more.
    freed: Option<usize>,
}

/// What is known of a run after some step.
#[derive(Debug, Default)]
pub(crate) struct State {
    step: usize,
    objects: BTreeMap<Token, Object>,
    generations: HashMap<(Family, String), u32>,
    names: BTreeMap<(Scope, String), Token>,
    /// Who has had a number as its `id()`, in the order in which they were seen.
    ids: HashMap<u64, Vec<Token>>,
    /// The same for the `id()` of functions' code.
    codes: HashMap<u64, Vec<Token>>,
}

impl State {
    /// Takes in what the probe says of a step, and tells what each of its bound names meant before.
    pub(crate) fn apply(&mut self, step: usize, event: &Event) -> Vec<Option<Token>> {
        self.step = step;
        let mut made: Vec<_> = event.made.iter().collect();
        made.sort_by_key(|made| made.token);
        for made in made {
            self.make(made);
        }
        for token in &event.freed {
            if let Some(object) = self.objects.get_mut(token) {
                object.freed = Some(step);
            }
        }
        for (token, class) in &event.reclassed {
            if let Some(object) = self.objects.get_mut(token) {
                object.class = Some(class.clone());
            }
        }
        for (token, mro) in &event.relinearized {
            if let Some(object) = self.objects.get_mut(token) {
                object.mro.clone_from(mro);
            }
        }
        event.bound.iter().map(|bound| self.bind(bound.scope, &bound.name, bound.token)).collect()
    }

    fn make(&mut self, made: &Made) {
        let generation = self
            .generations
            .entry((Family::of(made.kind), made.name.clone()))
            .and_modify(|n| *n += 1)
            .or_insert(1);
        let label = Label { name: made.name.clone(), generation: *generation };
        self.ids.entry(made.id).or_default().push(made.token);
        if let Some(code) = made.code {
            self.codes.entry(code).or_default().push(made.token);
        }
        self.objects.insert(
            made.token,
            Object {
                identity: Identity { label, kind: made.kind, token: made.token, id: made.id },
                reachable: made.reachable,
                class: made.class.clone(),
                mro: made.mro.clone(),
                plain: made.plain,
                made: self.step,
                freed: None,
            },
        );
    }

    fn bind(&mut self, scope: Scope, name: &str, token: Option<Token>) -> Option<Token> {
        let key = (scope, name.to_owned());
        match token.filter(|token| self.objects.contains_key(token)) {
            Some(token) => self.names.insert(key, token),
            None => self.names.remove(&key),
        }
    }

    pub(crate) fn object(&self, token: Token) -> Option<&Object> {
        self.objects.get(&token)
    }

    pub(crate) fn identity(&self, token: Token) -> Option<&Identity> {
        self.objects.get(&token).map(|object| &object.identity)
    }

    /// What a name means now.
    pub(crate) fn meaning(&self, scope: Scope, name: &str) -> Option<Token> {
        self.names.get(&(scope, name.to_owned())).copied()
    }

    /// The names of the prompt and what they mean, in the order in which that was first seen.
    pub(crate) fn prompt(&self) -> Vec<(&str, Token)> {
        let mut names: Vec<_> = self
            .names
            .iter()
            .filter(|((scope, _), _)| *scope == Scope::Prompt)
            .map(|((_, name), token)| (name.as_str(), *token))
            .collect();
        names.sort_by_key(|(_, token)| *token);
        names
    }

    /// Whether the path by which an object is called means a later generation now.
    pub(crate) fn is_superseded(&self, token: Token) -> bool {
        self.means_now(token).is_some()
    }

    /// What the path by which an object is called means now, where that is a later generation.
    pub(crate) fn successor(&self, token: Token) -> Option<Identity> {
        self.means_now(token).cloned()
    }

    fn means_now(&self, token: Token) -> Option<&Identity> {
        let object = self.objects.get(&token)?;
        let label = &object.identity.label;
        let now = match object.identity.kind {
            Kind::Module => self.meaning(Scope::Modules, &label.name),
            Kind::Class | Kind::Function if object.reachable => self.defined(&label.name),
            Kind::Class | Kind::Function | Kind::Instance => return None,
        };
        now.and_then(|token| self.identity(token)).filter(|now| {
            Family::of(now.kind) == Family::of(object.identity.kind)
                && now.label.name == label.name
                && now.label.generation > label.generation
        })
    }

    /// What the path of a class or function means now. What is defined at the prompt is a name
    /// there.
    fn defined(&self, path: &str) -> Option<Token> {
        self.meaning(Scope::Attributes, path)
            .or_else(|| self.meaning(Scope::Prompt, path.strip_prefix("__main__.").unwrap_or(path)))
    }

    /// Every class, function and module whose path means a later generation now, and every
    /// instance of such a class.
    pub(crate) fn superseded(&self) -> BTreeSet<Token> {
        self.objects
            .keys()
            .copied()
            .filter(|token| self.is_superseded(*token) || self.superseded_class(*token).is_some())
            .collect()
    }

    /// The superseded class of an instance.
    pub(crate) fn superseded_class(&self, token: Token) -> Option<Token> {
        let object = self.objects.get(&token)?;
        match object.class {
            Some(Reference::Token(class))
                if object.identity.kind == Kind::Instance && self.is_superseded(class) =>
            {
                Some(class)
            }
            _ => None,
        }
    }

    pub(crate) fn referent(&self, reference: &Reference) -> Referent {
        match reference {
            Reference::Name(name) => Referent::Outside(name.clone()),
            Reference::Token(token) => self
                .known(*token)
                .unwrap_or_else(|| Referent::Outside("an object that was never seen".to_owned())),
        }
    }

    /// Whose each number is at this step. The newest owner that lives has it, else the newest that
    /// died in this very step, for the number may have been shown before.
    pub(crate) fn owners(&self) -> HashMap<u64, Owner> {
        let label = |token: Token| self.identity(token).map(|identity| identity.label.to_string());
        self.ids
            .iter()
            .filter_map(|(id, tokens)| {
                let owner = match self.owner(tokens) {
                    Some(token) => Owner::Living(label(token)?),
                    None => Owner::Former(label(*tokens.last()?)?),
                };
                Some((*id, owner))
            })
            .collect()
    }

    /// The step at which the function was first seen that a frame runs.
    pub(crate) fn made_with(&self, frame: &Frame) -> Option<usize> {
        self.function_of(frame).and_then(|token| self.objects.get(&token)).map(|object| object.made)
    }

    /// The function that a frame runs.
    pub(crate) fn running(&self, frame: &Frame) -> Option<Referent> {
        self.known(self.function_of(frame)?)
    }

    /// The function with a frame's code. Where the function was freed in this step, its code may have been
    /// as well, and the number be that of another by now: of the step's own statement, as it happens.
    fn function_of(&self, frame: &Frame) -> Option<Token> {
        let token = self.owner(self.codes.get(&frame.code)?)?;
        let object = self.objects.get(&token)?;
        let name = object.identity.label.name.rsplit('.').next();
        (object.freed.is_none() || name == Some(frame.function.as_str())).then_some(token)
    }

    /// An object by its token.
    pub(crate) fn known(&self, token: Token) -> Option<Referent> {
        let identity = self.identity(token)?.clone();
        Some(Referent::Known { identity, superseded: self.is_superseded(token) })
    }

    fn owner(&self, tokens: &[Token]) -> Option<Token> {
        let freed = |token: &&Token| self.objects.get(*token).map(|object| object.freed);
        let newest =
            |wanted: Option<usize>| tokens.iter().rev().find(|token| freed(token) == Some(wanted)).copied();
        newest(None).or_else(|| newest(Some(self.step)))
    }
}
