use crate::{
    account,
    address::{require_canonical, BUMP_PLACE, MARKER},
    create_account::{create_account, require_creatable},
    event::emit,
    field::{i64_at, put, put_i64, put_u64, u64_at},
    generated::{deposit, operator, EscrowError, ACCOUNT_VERSION, DEPOSIT_FUNDED, INSTRUCTION_FUND_SOL},
    require,
    terms::{deadline_in_bounds, reserve},
};
use pinocchio::{
    cpi::Seed,
    error::ProgramError,
    sysvars::{clock::Clock, rent::Rent, Sysvar},
    AccountView, Address, ProgramResult,
};

const BUMP: usize = 1;
const WITH_RELAYER: usize = 2;
const REPOSITORY_ID: usize = 3;
const ISSUE_ID: usize = 11;
const NONCE: usize = 19;
const AMOUNT: usize = 27;
const DEADLINE: usize = 35;
const APPROVER: usize = 43;
const DATA_BYTES: usize = 75;

const NOBODY: [u8; 32] = [0; 32];

/// Accounts: funder (signs, pays), deposit, operator, system program.
/// Data: number, bump, with relayer, repository id, issue id, nonce, amount, deadline, approver or zero.
/// Moves exactly `amount` and the rent reserve, and freezes every term.
pub fn fund_sol(program: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
    let [funder, account, operator, system] = accounts else {
        return Err(EscrowError::AccountCountWrong.into());
    };
    let Ok(data) = <&[u8; DATA_BYTES]>::try_from(data) else {
        return Err(EscrowError::DataLengthWrong.into());
    };
    let amount = u64_at(data, AMOUNT);
    let deadline = i64_at(data, DEADLINE);
    require_creatable(funder, account, system)?;
    require_terms(data)?;
    require_deciders(data, funder.address().as_array(), &account::operator(operator, program)?)?;
    let clock = Clock::get()?;
    require(deadline_in_bounds(deadline, clock.unix_timestamp), EscrowError::DeadlineOutOfBounds)?;
    let rent = Rent::get()?;
    require(amount >= reserve(0, rent.try_minimum_balance(0)?), EscrowError::AmountTooSmall)?;
    let Some(lamports) = amount.checked_add(reserve(deposit::SIZE, rent.try_minimum_balance(deposit::SIZE)?)) else {
        return Err(EscrowError::AmountTooLarge.into());
    };
    require(funder.lamports() >= lamports, EscrowError::FundsTooSmall)?;

    let ids = (&data[REPOSITORY_ID..ISSUE_ID], &data[ISSUE_ID..NONCE], &data[NONCE..AMOUNT]);
    let (operator, payer) = (operator.address().as_array(), funder.address().as_array());
    require_canonical(&[b"deposit", operator, ids.0, ids.1, payer, ids.2, BUMP_PLACE, program.as_array(), &MARKER], data[BUMP])?;
    let seeds = [
        Seed::from(b"deposit"),
        Seed::from(operator),
        Seed::from(ids.0),
        Seed::from(ids.1),
        Seed::from(payer),
        Seed::from(ids.2),
        Seed::from(&data[BUMP..BUMP + 1]),
    ];
    create_account(funder, account, lamports, deposit::SIZE, program, &seeds)?;
    record(account, data, operator, payer, &clock)?;
    emit(INSTRUCTION_FUND_SOL, account.address(), 1, amount);
    Ok(())
}

#[inline(always)]
fn require_terms(data: &[u8; DATA_BYTES]) -> Result<(), ProgramError> {
    require(data[WITH_RELAYER] <= 1, EscrowError::FlagInvalid)?;
    require(u64_at(data, REPOSITORY_ID) != 0 && u64_at(data, ISSUE_ID) != 0, EscrowError::IdMissing)
}

/// Each decider is a key of its own: one key in two roles would be two of three.
#[inline(always)]
fn require_deciders(data: &[u8; DATA_BYTES], funder: &[u8; 32], fields: &[u8]) -> Result<(), ProgramError> {
    let approver = &data[APPROVER..DATA_BYTES];
    if data[WITH_RELAYER] == 0 {
        return require(approver == NOBODY, EscrowError::ApproverWithoutRelayer);
    }
    let relayers = [&fields[operator::RELAYER..operator::RELAYER + 32], &fields[operator::NEXT_RELAYER..operator::NEXT_RELAYER + 32]];
    let distinct = approver != funder && relayers.iter().all(|relayer| *relayer != funder && (approver == NOBODY || *relayer != approver));
    require(distinct, EscrowError::DecidersNotDistinct)
}

#[inline(always)]
fn record(account: &mut AccountView, data: &[u8; DATA_BYTES], operator: &[u8; 32], funder: &[u8; 32], clock: &Clock) -> ProgramResult {
    let mut fields = account.try_borrow_mut()?;
    require(fields.len() == deposit::SIZE, EscrowError::AccountKindWrong)?;
    fields[0] = deposit::DISCRIMINATOR;
    fields[1] = ACCOUNT_VERSION;
    fields[deposit::BUMP] = data[BUMP];
    fields[deposit::STATE] = DEPOSIT_FUNDED;
    fields[deposit::WITH_RELAYER] = data[WITH_RELAYER];
    put(&mut fields, deposit::OPERATOR, operator);
    put(&mut fields, deposit::FUNDER, funder);
    put(&mut fields, deposit::APPROVER, &data[APPROVER..]);
    // Ids, nonce and amount stand in the data in the order of the account.
    put(&mut fields, deposit::REPOSITORY_ID, &data[REPOSITORY_ID..DEADLINE]);
    put_u64(&mut fields, deposit::CREATED_SLOT, clock.slot);
    put_i64(&mut fields, deposit::CREATED_AT, clock.unix_timestamp);
    put(&mut fields, deposit::DEADLINE, &data[DEADLINE..APPROVER]);
    put_u64(&mut fields, deposit::SEQUENCE, 1);
    Ok(())
}

const _: () = assert!(deposit::AMOUNT + 8 - deposit::REPOSITORY_ID == DEADLINE - REPOSITORY_ID && deposit::NONCE - deposit::REPOSITORY_ID == NONCE - REPOSITORY_ID);

#[cfg(test)]
mod tests {
    use super::*;

    const FUNDER: [u8; 32] = [1; 32];
    const RELAYER: [u8; 32] = [2; 32];

    fn data(with_relayer: u8, approver: [u8; 32]) -> [u8; DATA_BYTES] {
        let mut data = [0; DATA_BYTES];
        data[WITH_RELAYER] = with_relayer;
        data[REPOSITORY_ID] = 1;
        data[ISSUE_ID + 7] = 1;
        data[APPROVER..].copy_from_slice(&approver);
        data
    }

    fn operator_with(relayer: [u8; 32], next: [u8; 32]) -> [u8; operator::SIZE] {
        let mut fields = [0; operator::SIZE];
        put(&mut fields, operator::RELAYER, &relayer);
        put(&mut fields, operator::NEXT_RELAYER, &next);
        fields
    }

    #[test]
    fn ids_and_flag_are_checked() {
        assert_eq!(require_terms(&data(0, NOBODY)), Ok(()));
        assert_eq!(require_terms(&data(2, NOBODY)), Err(EscrowError::FlagInvalid.into()));
        for id in [REPOSITORY_ID, ISSUE_ID + 7] {
            let mut without = data(1, NOBODY);
            without[id] = 0;
            assert_eq!(require_terms(&without), Err(EscrowError::IdMissing.into()));
        }
    }

    #[test]
    fn deciders_are_three_different_keys() {
        let fields = operator_with(RELAYER, NOBODY);
        let deciders = |with_relayer, approver| require_deciders(&data(with_relayer, approver), &FUNDER, &fields);
        assert_eq!(deciders(1, NOBODY), Ok(()));
        assert_eq!(deciders(1, [3; 32]), Ok(()));
        assert_eq!(deciders(0, NOBODY), Ok(()));
        assert_eq!(deciders(1, FUNDER), Err(EscrowError::DecidersNotDistinct.into()));
        assert_eq!(deciders(1, RELAYER), Err(EscrowError::DecidersNotDistinct.into()));
        assert_eq!(deciders(0, [3; 32]), Err(EscrowError::ApproverWithoutRelayer.into()));
    }

    #[test]
    fn the_relayer_is_never_the_funder_now_or_when_its_next_key_starts() {
        for fields in [operator_with(FUNDER, NOBODY), operator_with(RELAYER, FUNDER)] {
            assert_eq!(require_deciders(&data(1, NOBODY), &FUNDER, &fields), Err(EscrowError::DecidersNotDistinct.into()));
            assert_eq!(require_deciders(&data(0, NOBODY), &FUNDER, &fields), Ok(()));
        }
        assert_eq!(require_deciders(&data(1, [3; 32]), &FUNDER, &operator_with(RELAYER, [3; 32])), Err(EscrowError::DecidersNotDistinct.into()));
    }
}
