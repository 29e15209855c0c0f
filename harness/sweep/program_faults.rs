//! A reload that fails at each of its places, in a program of the user's that reloads by itself.

use super::error::SweepError;
use super::findings::Places;
use super::listing::{self, Spot};
use super::outcome::Effect;
use super::program::{Deed, Files, Judge, Noise, Task, modules_of, packages};
use super::reload_faults::{FaultEffect, FaultFindings, GOES_ON, HEALS, Names, with_edges};
use super::strike::{Ground, Progress, Wishes, strike};
use crate::lab::{Item, Lab};
use crate::python::Interpreter;
use crate::trace::{self, Surroundings};
use crate::worker::{Branch, Conduct, Ending, Frame, Plan, Reloaded, Reloading};

/// Has the first reload that the program makes of the modules in question fail at each of its places. From that
/// reload on they have their new source, where there is one.
pub fn sweep_program_reload(
    lab: &Lab,
    interpreter: &Interpreter,
    task: &Task,
    wishes: &Wishes,
    told: &dyn Progress,
) -> Result<FaultFindings, SweepError> {
    let scenario = task.scenario();
    let item = Item { scenario: &scenario, interpreter };
    let mut plan = Plan::survey(wishes.fault, wishes.modules.clone(), wishes.limit);
    plan.lines = if wishes.lines.is_empty() { packages(&wishes.modules) } else { wishes.lines.clone() };
    plan.thrown = wishes.thrown;
    let conduct = Conduct { program: Some(task.program.clone()), ..Conduct::new(Reloading::Real) };
    let surveyed = Conduct { plan: Some(plan.clone()), ..conduct.clone() };
    let mut untouched = Vec::new();
    for _ in 0..2 {
        let swept = lab.sweep(&item, &surveyed, &mut |_| {})?;
        if let Some(reason) = swept.refused {
            return Err(SweepError::Refused(reason));
        }
        let deed = Deed::of(&swept.play, &Surroundings::of(&swept.play, interpreter, false));
        if !matches!(swept.play.ending, Ending::Exited { .. } | Ending::Finished) {
            return Err(SweepError::NoEnd(swept.play.ending.to_string(), deed.last_words()));
        }
        untouched.push(deed);
    }
    let noise = Noise::between(&untouched[0], &untouched[1]);
    let mut struck = strike(Ground { lab, item: &item, conduct: &conduct, plan: &plan, wishes, told })?;
    let Some(whole) = struck.survey.reloaded.clone() else {
        if let Some(module) = struck.survey.missing.first() {
            let words = untouched[0].words_of_failure();
            return Err(SweepError::never_loaded(module, modules_of(&struck.survey), words));
        }
        return Err(SweepError::not_reloaded("program", &wishes.modules));
    };
    let mut files = Files::new(&task.program.folder);
    let spots: Vec<Spot> = struck.survey.locations.iter().map(|frame| spot(&mut files, frame)).collect();
    let judge = Judge { untouched: &untouched[0], edited: None, noise: &noise, interpreter };
    let tried = struck.judged(
        FaultEffect::badness,
        |place| place.location,
        |struck, number| {
            let branch = |variant| struck.branches.get(&(number, variant));
            let both = branch(GOES_ON).zip(branch(HEALS));
            Ok(both.map(|(on, healed)| effect(&judge, &whole, on, healed)))
        },
    )?;
    let listings = with_edges(&spots, |spots| listing::of_files(spots, |path| files.lines(path).to_vec()));
    Ok(FaultFindings {
        fault: wishes.fault,
        thrown: wishes.thrown,
        module: whole.module,
        note: whole.note,
        places: Places::of(&struck, spots, listings, tried, FaultEffect::badness),
        ..FaultFindings::default()
    })
}

/// Where a place is. What is in no file, an allocation or a call, has the name that the mechanism gave it.
fn spot(files: &mut Files, frame: &Frame) -> Spot {
    Spot { place: files.place(frame), step: None }
}

fn effect(judge: &Judge<'_>, whole: &Reloaded, on: &Branch, healed: &Branch) -> FaultEffect {
    let struck = on.struck.as_ref();
    let raised = struck.and_then(|struck| struck.exception.as_ref());
    FaultEffect {
        raised: raised.map(|raised| trace::raised(raised, &judge.surroundings(on))),
        names: struck.map(|struck| Names::of(&struck.names, whole)),
        then: Effect::of(judge.difference(on).into_iter().collect()),
        healed: Some(Effect::of(judge.difference(healed).into_iter().collect())),
        answer: None,
    }
}
