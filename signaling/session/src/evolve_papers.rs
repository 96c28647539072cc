//! How the facts about papers change the state.

use std::collections::BTreeMap;

use domain::PaperScope;

use crate::papers::{LaidPaper, Marked, Shown};
use crate::{Event, Session, Time};

impl Session {
    /// Takes in a fact about papers; answers whether it was one.
    pub(crate) fn evolve_papers(&mut self, fact: &Event, at: Time) -> bool {
        match fact {
            Event::PaperLodged(paper) => {
                if self.paper(paper.id).is_none() {
                    self.papers.push(LaidPaper { paper: (**paper).clone(), marks: BTreeMap::new() });
                }
            }
            Event::PaperWidened { paper, scope } => self.widen(*paper, *scope),
            Event::PaperShown { paper, page, seat, area } => {
                let shown = Shown { paper: *paper, page: *page, by: *seat, since: at };
                if let Some(area) = self.areas.get_mut(area) {
                    area.shown = Some(shown);
                }
            }
            Event::PageTurned { area, page } => {
                if let Some(shown) = self.areas.get_mut(area).and_then(|area| area.shown.as_mut()) {
                    shown.page = *page;
                }
            }
            Event::TableCleared { area } => {
                if let Some(area) = self.areas.get_mut(area) {
                    area.shown = None;
                }
            }
            Event::PaperMarked { paper, seat, mark, text } => {
                if let Some(laid) = self.laid_mut(*paper) {
                    laid.marks.insert(*seat, Marked { mark: *mark, text: text.clone(), at });
                }
            }
            _ => return false,
        }
        true
    }

    fn widen(&mut self, paper: domain::PaperId, scope: PaperScope) {
        if let Some(laid) = self.laid_mut(paper) {
            laid.paper.scope = laid.paper.scope.max(scope);
        }
    }
}
