use crate::{
    account::{self, Deposit},
    address::{bump_seed, require_canonical_address, MARKER},
    clock::now,
    decision::{final_at, open_deposit, Opened},
    effective_wallet::{effective_wallet, Standing},
    field::{i64_at, u64_at},
    generated::{deposit, EscrowError, DEPOSIT_FUNDED, DEPOSIT_REFUNDED},
    keys::ATTESTOR,
    pay::{pay_out, require_funder, Form},
    require, Call, Outcome,
    shares::{end, require_open, settle, share_id},
    terms::{claimed_by, refundable_at},
};

static WHOLE: Form = Form { accounts: 2, data: 1, receiver: 1 };
static SHARE: Form = Form { accounts: 4, data: 3, receiver: 1 };

/// Nobody signs, and everything goes to the recorded funder. Two forms, told apart by the number of accounts:
/// - an unawarded deposit whose deadline and grace are over. Accounts: deposit, funder. Data: number.
/// - one share of a final award that nobody could claim in time. Accounts: deposit, funder, operator, identity.
///   Data: number, share, bump of the identity.
///
/// For a token both go on with vault, mint, token account, token program, and the bump of the canonical token account.
#[inline(never)]
pub fn refund(call: Call) -> Outcome {
    if call.accounts.len() % 4 == 2 {
        refund_whole(call)
    } else {
        refund_share(call)
    }
}

#[inline(always)]
fn refund_whole(call: Call) -> Outcome {
    let [mut account, funder, ..] = *call.accounts else {
        return Err(EscrowError::AccountCountWrong);
    };
    let fields = account::deposit_mut(&mut account, call.program)?;
    require_funder(fields, &funder)?;
    let amount = settle_whole(fields, now()?)?;
    pay_out(call, &WHOLE, fields, amount)
}

/// The amount that is due.
#[inline(always)]
fn settle_whole(fields: &mut Deposit, now: i64) -> Outcome<u64> {
    require(fields[deposit::STATE] == DEPOSIT_FUNDED, EscrowError::StateWrong)?;
    require(now >= refundable_at(i64_at(fields, deposit::DEADLINE)), EscrowError::TooEarly)?;
    end(fields, DEPOSIT_REFUNDED, now);
    Ok(u64_at(fields, deposit::AMOUNT))
}

/// Whoever has a wallet, or is about to, keeps their claim: the identity has to be absent, unlinked or contested, and its
/// address proves that it is the one of the share.
#[inline(always)]
fn refund_share(call: Call) -> Outcome {
    let [mut account, funder, operator_account, identity, ..] = *call.accounts else {
        return Err(EscrowError::AccountCountWrong);
    };
    let [_, share, identity_bump, ..] = *call.data else {
        return Err(EscrowError::DataLengthWrong);
    };
    let Opened { fields, operator, now } = open_deposit(call.program, &mut account, &operator_account)?;
    require_funder(fields, &funder)?;
    require_open(fields, operator, now, share)?;
    require(now >= claimed_by(final_at(fields, operator), ATTESTOR.last_ended_at(operator)), EscrowError::TooEarly)?;
    let index = share as usize;
    let id = share_id(fields, index).to_le_bytes();
    let mut parts: [&[u8]; 6] = [b"identity", operator_account.address().as_array(), &id, bump_seed(identity_bump), call.program.as_array(), &MARKER];
    require_canonical_address(&mut parts, identity_bump, identity.address())?;
    if identity.owned_by(call.program) {
        let identity = account::identity(&identity, call.program)?;
        require(matches!(effective_wallet(identity, operator, now), Standing::Nobody | Standing::Contested), EscrowError::IdentityPayable)?;
    }
    let amount = settle(fields, deposit::REFUNDED_MASK, index, now);
    pay_out(call, &SHARE, fields, amount)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        field::{put_i64, put_u64},
        generated::{DEPOSIT_AWARDED, DEPOSIT_CANCELLED, DEPOSIT_PAID},
    };

    const DEADLINE: i64 = 1_000_000;
    const OPEN: i64 = DEADLINE + 259_200;

    fn funded() -> Deposit {
        let mut fields = [0; deposit::SIZE];
        fields[deposit::STATE] = DEPOSIT_FUNDED;
        put_u64(&mut fields, deposit::AMOUNT, 77);
        put_i64(&mut fields, deposit::DEADLINE, DEADLINE);
        fields
    }

    #[test]
    fn it_opens_with_the_last_second_of_grace() {
        assert_eq!(settle_whole(&mut funded(), OPEN - 1), Err(EscrowError::TooEarly));
        let mut fields = funded();
        assert_eq!(settle_whole(&mut fields, OPEN), Ok(77));
        assert_eq!((fields[deposit::STATE], i64_at(&fields, deposit::ENDED_AT)), (DEPOSIT_REFUNDED, OPEN));
    }

    #[test]
    fn terminal_and_awarded_states_stay() {
        for state in [0, DEPOSIT_AWARDED, DEPOSIT_PAID, DEPOSIT_REFUNDED, DEPOSIT_CANCELLED, 255] {
            let mut fields = funded();
            fields[deposit::STATE] = state;
            assert_eq!(settle_whole(&mut fields, i64::MAX), Err(EscrowError::StateWrong));
        }
    }
}
