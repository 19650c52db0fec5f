use crate::{
    account::{self, Deposit},
    address::{require_canonical_address, BUMP_PLACE, MARKER},
    clock::now,
    decision::{award_of, final_at, require_operator, Award},
    effective_wallet::{effective_wallet, Standing},
    event::emit,
    field::{i64_at, key_at, put_i64, put_u64, same, u64_at},
    generated::{deposit, EscrowError, DEPOSIT_FUNDED, DEPOSIT_REFUNDED, INSTRUCTION_REFUND},
    keys::ATTESTOR,
    pay::{holding, pay, require_shape, Holding, Payment},
    require, Call, Outcome,
    shares::{require_open, settle as settle_share, share_amount, share_id, Settled},
    terms::{claimed_by, refundable_at},
};
use pinocchio::{
    AccountView, Address,
};

/// Nobody signs, and everything goes to the recorded funder. Two forms, told apart by the number of accounts:
/// - an unawarded deposit whose deadline and grace are over. Accounts: deposit, funder. Data: number.
/// - one share of a final award that nobody could claim in time. Accounts: deposit, funder, operator, identity.
///   Data: number, share, bump of the identity.
///
/// For a token both go on with vault, mint, token account, token program, and the bump of the canonical token account.
#[inline(never)]
pub fn refund(Call { program, accounts, data }: Call) -> Outcome {
    let [account, funder, rest @ ..] = accounts else {
        return Err(EscrowError::AccountCountWrong);
    };
    let now = now()?;
    let (token, bump, (amount, sequence, holding)) = if rest.len() % 4 == 0 {
        let [_, bump @ ..] = data else {
            return Err(EscrowError::DataLengthWrong);
        };
        require_shape(rest, bump)?;
        let fields = account::deposit_mut(account, program)?;
        let (amount, sequence) = settle(fields, funder.address(), now)?;
        (&*rest, bump, (amount, sequence, holding(fields)))
    } else {
        let [operator, identity, token @ ..] = rest else {
            return Err(EscrowError::AccountCountWrong);
        };
        let [_, share, identity_bump, bump @ ..] = data else {
            return Err(EscrowError::DataLengthWrong);
        };
        require_shape(token, bump)?;
        let unclaimed = Unclaimed { share: *share, operator, identity, identity_bump: *identity_bump };
        (&*token, bump, settle_unclaimed(program, account, funder.address(), unclaimed, now)?)
    };
    pay(Payment { program, deposit: account, receiver: funder, holding, token, bump, amount })?;
    emit(INSTRUCTION_REFUND, account.address(), sequence, amount);
    Ok(())
}

/// Checks and records; the amount that is due and the new sequence.
#[inline(always)]
fn settle(fields: &mut Deposit, funder: &Address, now: i64) -> Outcome<(u64, u64)> {
    require(fields[deposit::STATE] == DEPOSIT_FUNDED, EscrowError::StateWrong)?;
    require(same(key_at(fields, deposit::FUNDER), funder.as_array()), EscrowError::FunderWrong)?;
    require(now >= refundable_at(i64_at(fields, deposit::DEADLINE)), EscrowError::TooEarly)?;
    let sequence = u64_at(fields, deposit::SEQUENCE).wrapping_add(1);
    fields[deposit::STATE] = DEPOSIT_REFUNDED;
    put_i64(fields, deposit::ENDED_AT, now);
    put_u64(fields, deposit::SEQUENCE, sequence);
    Ok((u64_at(fields, deposit::AMOUNT), sequence))
}

struct Unclaimed<'a> {
    share: u8,
    operator: &'a AccountView,
    identity: &'a AccountView,
    identity_bump: u8,
}

/// The same for one share. Whoever has a wallet, or is about to, keeps their claim: the identity has to be absent,
/// unlinked or contested, and its address proves that it is the one of the share.
#[inline(always)]
fn settle_unclaimed(program: &Address, account: &mut AccountView, funder: &Address, Unclaimed { share, operator: operator_account, identity, identity_bump }: Unclaimed, now: i64) -> Outcome<(u64, u64, Holding)> {
    let fields = account::deposit_mut(account, program)?;
    require_operator(fields, operator_account.address())?;
    require(same(key_at(fields, deposit::FUNDER), funder.as_array()), EscrowError::FunderWrong)?;
    let operator = account::operator(operator_account, program)?;
    require(award_of(fields, operator, now) == Award::Final, EscrowError::AwardNotFinal)?;
    let index = require_open(fields, share)?;
    require(now >= claimed_by(final_at(fields, operator), ATTESTOR.last_ended_at(operator)), EscrowError::TooEarly)?;
    let id = share_id(fields, index).to_le_bytes();
    require_canonical_address(&mut [b"identity", operator_account.address().as_array(), &id, BUMP_PLACE, program.as_array(), &MARKER], identity_bump, identity.address())?;
    if identity.owned_by(program) {
        let identity = account::identity(identity, program)?;
        require(matches!(effective_wallet(identity, operator, now), Standing::Nobody | Standing::Contested), EscrowError::IdentityPayable)?;
    }
    let sequence = u64_at(fields, deposit::SEQUENCE).wrapping_add(1);
    settle_share(fields, Settled::Refunded, index, now);
    put_u64(fields, deposit::SEQUENCE, sequence);
    Ok((share_amount(fields, index), sequence, holding(fields)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        field::put,
        generated::{DEPOSIT_AWARDED, DEPOSIT_CANCELLED, DEPOSIT_PAID},
    };

    const DEADLINE: i64 = 1_000_000;
    const OPEN: i64 = DEADLINE + 259_200;
    const FUNDER: Address = Address::new_from_array([1; 32]);

    fn funded() -> Deposit {
        let mut fields = [0; deposit::SIZE];
        fields[deposit::STATE] = DEPOSIT_FUNDED;
        put(&mut fields, deposit::FUNDER, FUNDER.as_array());
        put_u64(&mut fields, deposit::AMOUNT, 77);
        put_i64(&mut fields, deposit::DEADLINE, DEADLINE);
        put_u64(&mut fields, deposit::SEQUENCE, 1);
        fields
    }

    #[test]
    fn it_opens_with_the_last_second_of_grace() {
        assert_eq!(settle(&mut funded(), &FUNDER, OPEN - 1), Err(EscrowError::TooEarly));
        let mut fields = funded();
        assert_eq!(settle(&mut fields, &FUNDER, OPEN), Ok((77, 2)));
        assert_eq!((fields[deposit::STATE], i64_at(&fields, deposit::ENDED_AT), u64_at(&fields, deposit::SEQUENCE)), (DEPOSIT_REFUNDED, OPEN, 2));
    }

    #[test]
    fn terminal_and_awarded_states_stay() {
        for state in [0, DEPOSIT_AWARDED, DEPOSIT_PAID, DEPOSIT_REFUNDED, DEPOSIT_CANCELLED, 255] {
            let mut fields = funded();
            fields[deposit::STATE] = state;
            assert_eq!(settle(&mut fields, &FUNDER, i64::MAX), Err(EscrowError::StateWrong));
        }
    }

    #[test]
    fn only_the_recorded_funder() {
        assert_eq!(settle(&mut funded(), &Address::new_from_array([2; 32]), OPEN), Err(EscrowError::FunderWrong));
    }
}
