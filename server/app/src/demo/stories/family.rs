//! ⑥ 家庭: who cares for the mother. No electronic signature (R18): the text is agreed, paper goes round.

use domain::minutes::EntryKind as E;
use domain::{DisputeKind, Outcome, Side, Source};

use super::person;
use crate::demo::story::{Step, Story, said};

pub(super) const STORY: Story = Story {
    office: "老槐村",
    receiver: "tianxiaoman",
    mediator: "hecheng",
    title: "何秀英与子女赡养纠纷",
    kind: DisputeKind::Family,
    source: Source::GridReport,
    facts: "何秀英，78岁，丧偶，育有陈大志、陈二勇（在外省务工）、陈小梅三子女。因赡养费和照料分担，子女间多次争执。先行单独询问，\
            未发现家庭暴力。二勇以手机参会。",
    requests: "确定随谁居住、各人每月给付数额及医疗费分担办法。",
    place: "石桥镇老槐村五组",
    days_ago: 19,
    parties: &[
        person(Side::Applicant, "何秀英", "00013800071", "990000194802050071", "石桥镇老槐村五组3号"),
        person(Side::Respondent, "陈大志", "00013800072", "990000197011120072", "石桥镇老槐村五组3号"),
        person(
            Side::Respondent,
            "陈二勇",
            "00013800073",
            "990000197404180073",
            "外省务工，老家石桥镇老槐村五组",
        ),
        person(Side::Respondent, "陈小梅", "00013800074", "990000197809260074", "石桥镇北河村一组"),
    ],
    then: &[
        (
            1,
            "19:30",
            Step::Note {
                kind: "asked_alone", by: "何诚", words: "单独询问何秀英：无家庭暴力，愿意调解"
            },
        ),
        (2, "09:00", Step::Consents { e_signature: false, recording: false }),
        (2, "10:00", Step::Accept),
        (2, "10:02", Step::Assign),
        (
            7,
            "20:00",
            Step::Sat {
                room: "老槐村村部",
                minutes: 83,
                outcome: Outcome::Agreed,
                guests: &[],
                said: &[
                    said(
                        E::Procedure,
                        "何诚",
                        "核对身份，宣读权利义务；说明婚姻、收养、继承等人身关系文书不适用电子签名，本案用纸质签名。",
                    ),
                    said(E::Statement, "何秀英", "我就想跟大志住，有病有人管就行。"),
                    said(E::Statement, "陈二勇", "我在外头，人回不来，出钱可以。"),
                    said(E::Concession, "陈小梅", "我每月给400元，再多实在紧张。"),
                    said(E::UndisputedFact, "各方", "何秀英随大志居住，医疗费先走医保报销。"),
                ],
            },
        ),
        (
            7,
            "21:24",
            Step::Draft {
                clauses: &[
                    "何秀英随陈大志居住，由陈大志负责日常照料。",
                    "自{m+1}起，陈二勇每月给付600元、陈小梅每月给付400元，均于每月5日前转入何秀英账户。",
                    "何秀英医疗费扣除医保报销后的部分，由陈大志、陈二勇、陈小梅各承担三分之一。",
                    "陈二勇、陈小梅每年至少探望何秀英两次。",
                ],
                all_agree: true,
            },
        ),
        (
            8,
            "09:00",
            Step::Note {
                kind: "paper_signing",
                by: "何诚",
                words: "依法不用电子签名：纸质文本在村部由何秀英、陈大志、陈小梅签名，陈二勇在务工地司法所签后寄回",
            },
        ),
    ],
};
