//! What the two funding instructions have in common: the terms in their data, and the account that freezes them.

use crate::{
    account::{self, Operator},
    address::{bump_seed, MARKER},
    create_account::{create_account, NewAccount},
    field::{bytes_at, i64_at, key_at, put, put_i64, put_u64, same, u64_at},
    generated::{deposit, operator, EscrowError, DEPOSIT_FUNDED},
    keys::NOBODY,
    require, Call, Outcome,
    terms::deadline_in_bounds,
};
use pinocchio::sysvars::{clock::Clock, Sysvar};

const BUMP: usize = 1;
const WITH_RELAYER: usize = 2;
const REPOSITORY_ID: usize = 3;
const ISSUE_ID: usize = 11;
const NONCE: usize = 19;
pub const AMOUNT: usize = 27;
const DEADLINE: usize = 35;
const APPROVER: usize = 43;
pub const TERMS_BYTES: usize = 75;

/// Number, bump, with relayer, repository id, issue id, nonce, amount, deadline, approver or zero.
pub type Terms = [u8; TERMS_BYTES];

/// What a deposit is made of besides its terms.
pub struct Money<'a> {
    /// `NOBODY` for SOL.
    pub mint: &'a [u8; 32],
    pub vault_bump: u8,
    /// What the deposit account itself holds of the amount.
    pub lamports: u64,
}

/// Makes the deposit account where the terms lead, and writes them down. Accounts: funder (signs, pays), deposit, operator,
/// system program, whatever else. Data: the terms, whatever else. The amount is all of it that this does not check.
#[inline(never)]
pub fn create_deposit(call: &Call, terms: &Terms, Money { mint, vault_bump, lamports }: &Money) -> Outcome {
    let [funder, mut account, operator, system, ..] = *call.accounts else {
        return Err(EscrowError::AccountCountWrong);
    };
    let clock = Clock::get()?;
    require_ids(terms)?;
    require_deciders(terms, funder.address().as_array(), account::operator(&operator, call.program)?)?;
    require(deadline_in_bounds(i64_at(terms, DEADLINE), clock.unix_timestamp), EscrowError::DeadlineOutOfBounds)?;
    let ids: (&[u8; 8], &[u8; 8], &[u8; 8]) = (bytes_at(terms, REPOSITORY_ID), bytes_at(terms, ISSUE_ID), bytes_at(terms, NONCE));
    let (operator, payer) = (operator.address().as_array(), funder.address().as_array());
    let mut parts: [&[u8]; 9] = [b"deposit", operator, ids.0, ids.1, payer, ids.2, bump_seed(terms[BUMP]), call.program.as_array(), &MARKER];
    create_account(NewAccount { payer: &funder, account: &account, system: &system, amount: *lamports, space: deposit::SIZE, owner: call.program, parts: &mut parts, bump: terms[BUMP] })?;
    let fields = account::new_deposit(&mut account)?;
    fields[deposit::BUMP] = terms[BUMP];
    fields[deposit::STATE] = DEPOSIT_FUNDED;
    fields[deposit::WITH_RELAYER] = terms[WITH_RELAYER];
    fields[deposit::VAULT_BUMP] = *vault_bump;
    put(fields, deposit::OPERATOR, operator);
    put(fields, deposit::FUNDER, payer);
    put(fields, deposit::APPROVER, key_at(terms, APPROVER));
    put(fields, deposit::MINT, mint);
    // Ids, nonce and amount stand in the terms in the order of the account.
    put::<32>(fields, deposit::REPOSITORY_ID, bytes_at(terms, REPOSITORY_ID));
    put_u64(fields, deposit::CREATED_SLOT, clock.slot);
    put_i64(fields, deposit::CREATED_AT, clock.unix_timestamp);
    put::<8>(fields, deposit::DEADLINE, bytes_at(terms, DEADLINE));
    put_u64(fields, deposit::SEQUENCE, 1);
    Ok(())
}

#[inline(always)]
fn require_ids(terms: &Terms) -> Outcome {
    require(terms[WITH_RELAYER] <= 1, EscrowError::FlagInvalid)?;
    require(u64_at(terms, REPOSITORY_ID) != 0 && u64_at(terms, ISSUE_ID) != 0, EscrowError::IdMissing)
}

/// Each decider is a key of its own: one key in two roles would be two of three.
#[inline(always)]
fn require_deciders(terms: &Terms, funder: &[u8; 32], fields: &Operator) -> Outcome {
    let approver = key_at(terms, APPROVER);
    if terms[WITH_RELAYER] == 0 {
        return require(same(approver, &NOBODY), EscrowError::ApproverWithoutRelayer);
    }
    require(!same(approver, funder), EscrowError::DecidersNotDistinct)?;
    let none = same(approver, &NOBODY);
    for relayer in [key_at(fields, operator::RELAYER), key_at(fields, operator::NEXT_RELAYER)] {
        require(!same(relayer, funder), EscrowError::DecidersNotDistinct)?;
        require(none || !same(relayer, approver), EscrowError::DecidersNotDistinct)?;
    }
    Ok(())
}

const _: () = assert!(deposit::AMOUNT + 8 - deposit::REPOSITORY_ID == DEADLINE - REPOSITORY_ID && deposit::NONCE - deposit::REPOSITORY_ID == NONCE - REPOSITORY_ID);

#[cfg(test)]
mod tests {
    use super::*;

    const FUNDER: [u8; 32] = [1; 32];
    const RELAYER: [u8; 32] = [2; 32];

    fn data(with_relayer: u8, approver: [u8; 32]) -> Terms {
        let mut data = [0; TERMS_BYTES];
        data[WITH_RELAYER] = with_relayer;
        data[REPOSITORY_ID] = 1;
        data[ISSUE_ID + 7] = 1;
        data[APPROVER..].copy_from_slice(&approver);
        data
    }

    fn operator_with(relayer: [u8; 32], next: [u8; 32]) -> Operator {
        let mut fields = [0; operator::SIZE];
        put(&mut fields, operator::RELAYER, &relayer);
        put(&mut fields, operator::NEXT_RELAYER, &next);
        fields
    }

    #[test]
    fn ids_and_flag_are_checked() {
        assert_eq!(require_ids(&data(0, NOBODY)), Ok(()));
        assert_eq!(require_ids(&data(2, NOBODY)), Err(EscrowError::FlagInvalid));
        for id in [REPOSITORY_ID, ISSUE_ID + 7] {
            let mut without = data(1, NOBODY);
            without[id] = 0;
            assert_eq!(require_ids(&without), Err(EscrowError::IdMissing));
        }
    }

    #[test]
    fn deciders_are_three_different_keys() {
        let fields = operator_with(RELAYER, NOBODY);
        let deciders = |with_relayer, approver| require_deciders(&data(with_relayer, approver), &FUNDER, &fields);
        assert_eq!(deciders(1, NOBODY), Ok(()));
        assert_eq!(deciders(1, [3; 32]), Ok(()));
        assert_eq!(deciders(0, NOBODY), Ok(()));
        assert_eq!(deciders(1, FUNDER), Err(EscrowError::DecidersNotDistinct));
        assert_eq!(deciders(1, RELAYER), Err(EscrowError::DecidersNotDistinct));
        assert_eq!(deciders(0, [3; 32]), Err(EscrowError::ApproverWithoutRelayer));
    }

    #[test]
    fn the_relayer_is_never_the_funder_now_or_when_its_next_key_starts() {
        for fields in [operator_with(FUNDER, NOBODY), operator_with(RELAYER, FUNDER)] {
            assert_eq!(require_deciders(&data(1, NOBODY), &FUNDER, &fields), Err(EscrowError::DecidersNotDistinct));
            assert_eq!(require_deciders(&data(0, NOBODY), &FUNDER, &fields), Ok(()));
        }
        assert_eq!(require_deciders(&data(1, [3; 32]), &FUNDER, &operator_with(RELAYER, [3; 32])), Err(EscrowError::DecidersNotDistinct));
    }
}
