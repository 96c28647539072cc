//! ④ 土地: rent and a ploughed-away ridge. Signed on screen and sealed; performance is under way.

use domain::minutes::EntryKind as E;
use domain::{DisputeKind, Outcome, SeatRole, Side, Source};

use super::{organization, person};
use crate::demo::story::{Guest, Step, Story, said};

pub(super) const STORY: Story = Story {
    office: "柳湾",
    receiver: "luojian",
    mediator: "luojian",
    title: "孙有粮与丰禾家庭农场土地流转纠纷",
    kind: DisputeKind::LandForest,
    source: Source::GridReport,
    facts: "孙有粮将4.6亩承包地流转给丰禾家庭农场（经营者马立群）耕种，年租每亩600元。农场上年度租金2760元未付，且机耕时犁去与邻地\
            之间的田埂约0.2亩。网格调解未成，提级至乡调解委员会，农业农村、自然资源两部门协办。",
    requests: "一、支付所欠租金2760元；二、恢复被犁去的田埂；三、重新约定今后的租金和期限。",
    place: "柳湾乡上湾村",
    days_ago: 27,
    parties: &[
        person(Side::Applicant, "孙有粮", "00013800051", "990000196501190051", "柳湾乡上湾村二组8号"),
        organization(Side::Respondent, "丰禾家庭农场", "00013800052", "柳湾乡上湾村机耕路1号", "马立群"),
    ],
    then: &[
        (
            1,
            "08:40",
            Step::Note {
                kind: "escalated",
                by: "罗健",
                words: "网格调解未成，提级至乡；申请农业农村、自然资源两部门协办",
            },
        ),
        (2, "09:00", Step::Consents { e_signature: true, recording: false }),
        (2, "10:00", Step::Accept),
        (2, "10:05", Step::Assign),
        (
            5,
            "15:00",
            Step::Note {
                kind: "co_handling_replied",
                by: "自然资源所",
                words: "协办回复：按权证测量，田埂缺失0.2亩，界址点已标注",
            },
        ),
        (
            8,
            "09:30",
            Step::Sat {
                room: "柳湾乡调解室",
                minutes: 74,
                outcome: Outcome::Agreed,
                guests: &[Guest {
                    role: SeatRole::Liaison,
                    side: Side::Neutral,
                    name: "周原（农业农村局）",
                    username: None,
                }],
                said: &[
                    said(
                        E::Procedure,
                        "罗健",
                        "核对身份，宣读权利义务；说明农村土地承包经营纠纷应当订立书面协议。",
                    ),
                    said(
                        E::Statement,
                        "孙有粮",
                        "地是我的承包地，租金一年2760元，去年的一分没给，田埂也给我犁没了。",
                    ),
                    said(
                        E::Statement,
                        "马立群",
                        "去年遭了水，收成不好，不是赖账。田埂是机手没看清，愿意恢复。",
                    ),
                    said(
                        E::UndisputedFact,
                        "双方",
                        "流转面积4.6亩，欠租2760元，田埂缺失0.2亩，以权证测量为准。",
                    ),
                    said(E::Concession, "马立群", "租金今年起可以涨到每亩650元，每年11月30日前付。"),
                ],
            },
        ),
        (
            8,
            "10:45",
            Step::Draft {
                clauses: &[
                    "马立群于{+9}前向孙有粮支付所欠租金2760元。",
                    "马立群于{+19}前依权证测量恢复田埂，乡农经站到场核验。",
                    "自{m+1}起年租为每亩650元，合计2990元，每年11月30日前支付。",
                    "流转期限至{m+25}底。",
                ],
                all_agree: true,
            },
        ),
        (8, "10:52", Step::Signed),
        (
            15,
            "09:20",
            Step::Note {
                kind: "follow_up",
                by: "罗健",
                words: "电话回访：马立群已约定测量时间，孙有粮满意（4分）",
            },
        ),
    ],
};
