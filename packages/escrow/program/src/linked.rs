//! What the four instructions about an existing link have in common.

use crate::{
    account::{self, Identity, Operator},
    clock::now,
    effective_wallet::{change, is_linked, Change},
    event::emit,
    field::{i64_at, is_same, key_at, put, put_i64, put_u64, u64_at},
    generated::{identity, EscrowError},
    require, Outcome,
};
use pinocchio::{AccountView, Address};

/// Opens identity and operator, brings the link up to date, lets `work` change it, and tells the log.
#[inline(always)]
pub fn with_linked(
    program: &Address,
    account: &mut AccountView,
    operator_account: &AccountView,
    kind: u8,
    work: impl FnOnce(&mut Identity, &Operator, Change, i64) -> Outcome,
) -> Outcome {
    let mut link = None;
    open_link(program, account, operator_account, &mut link)?;
    let Some(Link { fields, operator, change, now }) = link else {
        return Err(EscrowError::IdentityUnlinked);
    };
    work(fields, operator, change, now)?;
    let sequence = u64_at(fields, identity::SEQUENCE).wrapping_add(1);
    put_u64(fields, identity::SEQUENCE, sequence);
    emit(kind, account.address(), sequence, 0);
    Ok(())
}

struct Link<'a> {
    fields: &'a mut Identity,
    operator: &'a Operator,
    change: Change,
    now: i64,
}

#[inline(never)]
fn open_link<'a>(program: &Address, account: &'a mut AccountView, operator_account: &'a AccountView, link: &mut Option<Link<'a>>) -> Outcome {
    let now = now()?;
    let fields = account::identity_mut(account, program)?;
    require(is_same(key_at(fields, identity::OPERATOR), operator_account.address().as_array()), EscrowError::OperatorWrong)?;
    let operator = account::operator(operator_account, program)?;
    require(is_linked(fields, operator), EscrowError::IdentityUnlinked)?;
    let change = take_over(fields, operator, now);
    *link = Some(Link { fields, operator, change, now });
    Ok(())
}

/// A matured change becomes the link, one that came to nothing disappears.
#[inline(never)]
fn take_over(fields: &mut Identity, operator: &Operator, now: i64) -> Change {
    let found = change(fields, operator, now);
    match found {
        Change::Pending | Change::Cancelled => return found,
        Change::Matured => {
            let (wallet, since, epoch) = (*key_at(fields, identity::PENDING_WALLET), i64_at(fields, identity::PENDING_SINCE), u64_at(fields, identity::PENDING_EPOCH));
            put(fields, identity::WALLET, &wallet);
            put_i64(fields, identity::LINKED_AT, since);
            put_u64(fields, identity::ATTESTOR_EPOCH, epoch);
            fields[identity::CONTESTED_BEFORE] = 0;
        }
        Change::None => {}
    }
    drop_change(fields);
    Change::None
}

#[inline(never)]
pub fn drop_change(fields: &mut Identity) {
    fields[identity::CONTESTED] = 0;
    fields[identity::PENDING_WALLET..identity::SEQUENCE].fill(0);
}

/// The wallet of the link has to sign.
#[inline(always)]
pub fn require_wallet(fields: &Identity, wallet: &AccountView) -> Outcome {
    require(wallet.is_signer(), EscrowError::SignatureMissing)?;
    require(is_same(key_at(fields, identity::WALLET), wallet.address().as_array()), EscrowError::WalletWrong)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        effective_wallet::{effective_wallet, tests::linked, Standing},
        generated::COOL_DOWN_SECONDS,
        keys::{tests::working_operator, ATTESTOR},
    };

    const SINCE: i64 = 2_000_000;
    const MATURE: i64 = SINCE + COOL_DOWN_SECONDS;

    fn changing() -> Identity {
        let mut fields = linked();
        put(&mut fields, identity::PENDING_WALLET, &[2; 32]);
        put_i64(&mut fields, identity::PENDING_SINCE, SINCE);
        put_u64(&mut fields, identity::PENDING_EPOCH, 1);
        fields
    }

    #[test]
    fn taking_over_never_changes_who_is_paid() {
        let mut void = working_operator();
        ATTESTOR.disable(&mut void, SINCE + 1).unwrap();
        for operator in [working_operator(), void] {
            for (contested, before) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
                for now in [SINCE, MATURE - 1, MATURE, i64::MAX] {
                    let mut fields = changing();
                    fields[identity::CONTESTED] = contested;
                    fields[identity::CONTESTED_BEFORE] = before;
                    let before = fields;
                    let found = take_over(&mut fields, &operator, now);
                    assert_eq!(effective_wallet(&fields, &operator, now), effective_wallet(&before, &operator, now));
                    let change = change(&before, &operator, now);
                    assert_eq!(found, if change == Change::Matured { Change::None } else { change });
                }
            }
        }
    }

    #[test]
    fn a_matured_change_is_the_link_from_when_it_was_asked_for() {
        let mut fields = changing();
        take_over(&mut fields, &working_operator(), MATURE);
        assert_eq!((*key_at(&fields, identity::WALLET), i64_at(&fields, identity::LINKED_AT), *key_at(&fields, identity::PENDING_WALLET)), ([2; 32], SINCE, [0; 32]));
        assert_eq!(effective_wallet(&fields, &working_operator(), MATURE), Standing::Wallet(&[2; 32]));
    }
}
