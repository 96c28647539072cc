//! ① 邻里: rain water over a raised yard. Can be walked into now.

use domain::{DisputeKind, SeatRole, Side, Source};

use super::person;
use crate::demo::story::{Guest, Step, Story};

pub(super) const STORY: Story = Story {
    office: "石桥",
    receiver: "tianxiaoman",
    mediator: "linlan",
    title: "赵守田与钱永福院坪排水纠纷",
    kind: DisputeKind::Neighbour,
    source: Source::GridReport,
    facts: "石桥镇老槐村村民赵守田与钱永福系东西邻居。{m-8}，钱永福垫高自家院坪约30厘米，雨季雨水倒灌至赵守田家东墙，\
            墙皮脱落约12平方米。双方多次争吵，村干部两次上门劝解未果，网格员田小满于{-6}上报。",
    requests: "一、钱永福修通两家之间的排水沟，不再让雨水倒灌；二、钱永福承担墙面修补费用。",
    place: "石桥镇老槐村三组",
    days_ago: 6,
    parties: &[
        person(Side::Applicant, "赵守田", "00013800017", "990000195903070017", "石桥镇老槐村三组12号"),
        person(Side::Respondent, "钱永福", "00013800018", "990000197408210018", "石桥镇老槐村三组13号"),
    ],
    then: &[
        (
            0,
            "10:20",
            Step::Note {
                kind: "photo_taken",
                by: "田小满",
                words: "现场拍照：东墙墙皮脱落约12平方米，院坪高差约30厘米",
            },
        ),
        (1, "09:10", Step::Consents { e_signature: true, recording: false }),
        (1, "15:30", Step::Accept),
        (2, "08:50", Step::Assign),
        (
            4,
            "16:05",
            Step::Note {
                kind: "site_visit",
                by: "林岚",
                words: "到现场量得需修排水沟长9米、宽0.3米，两家均在场认可",
            },
        ),
        (
            6,
            "",
            Step::SitsNow {
                room: "石桥镇调解室2",
                guests: &[
                    Guest {
                        role: SeatRole::Helper, side: Side::Applicant, name: "田小满", username: None
                    },
                    Guest { role: SeatRole::Lawyer, side: Side::Neutral, name: "许明达", username: None },
                    Guest {
                        role: SeatRole::Clerk,
                        side: Side::Neutral,
                        name: "苏禾",
                        username: Some("suhe"),
                    },
                ],
            },
        ),
    ],
};
