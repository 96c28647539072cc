//! ③ 消费: a gym that moved away. Agreed orally, paid on the spot, closed.

use domain::minutes::EntryKind as E;
use domain::{DisputeKind, Outcome, SeatRole, Side, Source};

use super::person;
use crate::demo::story::{Guest, Someone, Step, Story, said};

pub(super) const STORY: Story = Story {
    office: "东关",
    receiver: "baixue",
    mediator: "mahuimin",
    title: "林晓与悦动健身馆年卡退费纠纷",
    kind: DisputeKind::Consumer,
    source: Source::Hotline,
    facts: "林晓于{-150}在东关镇悦动健身馆（个体工商户，经营者高峰）办理年卡一张，付3600元，使用3个月后门店迁至6公里外。\
            林晓要求退卡，馆方主张扣除赠课500元后再折算，双方对扣减有争议。",
    requests: "退还年卡剩余九个月的费用。",
    place: "东关镇解放路",
    days_ago: 45,
    parties: &[
        person(Side::Applicant, "林晓", "00013800041", "990000199702140041", "东关镇学府花园3栋"),
        Someone {
            side: Side::Respondent,
            name: "悦动健身馆",
            phone: "00013800042",
            id_number: "",
            address: "东关镇解放路88号",
            is_organization: true,
            representative: "高峰",
        },
    ],
    then: &[
        (1, "09:40", Step::Consents { e_signature: true, recording: false }),
        (1, "11:00", Step::Accept),
        (1, "11:05", Step::Assign),
        (
            3,
            "10:00",
            Step::Sat {
                room: "线上调解室",
                minutes: 36,
                outcome: Outcome::Agreed,
                guests: &[Guest {
                    role: SeatRole::Liaison,
                    side: Side::Neutral,
                    name: "方志平",
                    username: Some("fangzhiping"),
                }],
                said: &[
                    said(
                        E::Procedure,
                        "马会民",
                        "核对身份，宣读权利义务，双方同意在线调解，不同意录音录像，本次不录。",
                    ),
                    said(E::Statement, "林晓", "搬到六公里外，下班根本去不了，不是我不想用。"),
                    said(E::Statement, "高峰", "办卡时送了500元的课，退的话这个要扣。"),
                    said(
                        E::Statement,
                        "方志平",
                        "经营场所变更影响合同目的的，消费者可以要求退回未消费的预付款；赠课未使用的，不宜折价扣减。",
                    ),
                    said(E::Concession, "高峰", "那就退2600元，当场原路退，卡注销。"),
                    said(E::UndisputedFact, "双方", "年卡3600元，已使用3个月，赠课未使用。"),
                ],
            },
        ),
        (
            3,
            "10:36",
            Step::AgreedOrally {
                clauses: "高峰当场原路退还林晓2600元，会员卡注销，双方再无争议。"
            },
        ),
        (3, "10:41", Step::Performed { words: "林晓确认2600元到账，转账凭证核对入卷，即时履行" }),
        (
            10,
            "09:30",
            Step::Note {
                kind: "follow_up", by: "白雪", words: "电话回访林晓：已履行，非常满意（5分）"
            },
        ),
        (
            33,
            "16:00",
            Step::Note {
                kind: "follow_up", by: "白雪", words: "电话回访高峰：无新争议，满意（4分）"
            },
        ),
        (35, "09:00", Step::Closed),
    ],
};
