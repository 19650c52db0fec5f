use crate::{
    account::{self, Deposit},
    clock::now,
    event::emit,
    field::{i64_at, key_at, same, u64_at},
    generated::{deposit, EscrowError, DEPOSIT_CANCELLED, DEPOSIT_PAID, DEPOSIT_REFUNDED, INSTRUCTION_CLOSE, TOKEN_PROGRAM},
    keys::NOBODY,
    pay::{holding, pay, pay_sol, require_shape, Holding, Payment},
    require, Call, Outcome,
    terms::closable_at,
    token::{amount_of, close_vault, require_vault},
};
use pinocchio::{
    AccountView, Address,
};

/// Accounts: deposit, funder; for a token also vault, mint, token account, token program. Nobody signs.
/// Data: number; for a token also the bump of the canonical token account.
/// Seven days after a terminal state, the vault, rent and whatever strangers sent go to the funder, and the account is
/// gone: until then it says what happened.
#[inline(never)]
pub fn close(Call { program, accounts, data }: Call) -> Outcome {
    let [account, funder, token @ ..] = accounts else {
        return Err(EscrowError::AccountCountWrong);
    };
    let [_, bump @ ..] = data else {
        return Err(EscrowError::DataLengthWrong);
    };
    require_shape(token, bump)?;
    let now = now()?;
    let (sequence, holding) = {
        let fields = account::deposit_mut(account, program)?;
        let sequence = require_closable(fields, funder.address(), now)?;
        let holding = holding(fields);
        // Whatever comes later in this transaction finds nothing to revive.
        fields.fill(0);
        (sequence, holding)
    };
    if same(&holding.mint, &NOBODY) {
        require(token.is_empty(), EscrowError::MintWrong)?;
    } else {
        empty_vault(program, account, funder, &holding, token, bump)?;
    }
    let lamports = account.lamports();
    pay_sol(account, funder, lamports)?;
    account::close(account);
    emit(INSTRUCTION_CLOSE, account.address(), sequence, lamports);
    Ok(())
}

#[inline(always)]
fn require_closable(fields: &Deposit, funder: &Address, now: i64) -> Outcome<u64> {
    require(matches!(fields[deposit::STATE], DEPOSIT_PAID | DEPOSIT_REFUNDED | DEPOSIT_CANCELLED), EscrowError::StateWrong)?;
    require(same(key_at(fields, deposit::FUNDER), funder.as_array()), EscrowError::FunderWrong)?;
    require(now >= closable_at(i64_at(fields, deposit::ENDED_AT)), EscrowError::TooEarly)?;
    Ok(u64_at(fields, deposit::SEQUENCE).wrapping_add(1))
}

/// Without stray tokens the funder needs no token account.
#[inline(always)]
fn empty_vault(program: &Address, account: &mut AccountView, funder: &mut AccountView, holding: &Holding, token: &[AccountView], bump: &[u8]) -> Outcome {
    let [vault, _, _, token_program] = token else {
        return Err(EscrowError::MintWrong);
    };
    require(same(token_program.address().as_array(), TOKEN_PROGRAM.as_array()), EscrowError::TokenProgramWrong)?;
    require_vault(program, account.address(), vault, holding.vault_bump)?;
    require(funder.is_writable(), EscrowError::AccountNotWritable)?;
    let strays = amount_of(vault)?;
    if strays > 0 {
        pay(Payment { program, deposit: account, receiver: funder, holding: *holding, token, bump, amount: strays })?;
    }
    close_vault(account.address(), vault, holding.vault_bump, funder)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        field::{put, put_i64},
        generated::{DEPOSIT_AWARDED, DEPOSIT_FUNDED},
    };

    const FUNDER: Address = Address::new_from_array([1; 32]);

    fn ended(state: u8) -> Deposit {
        let mut fields = [0; deposit::SIZE];
        fields[deposit::STATE] = state;
        put(&mut fields, deposit::FUNDER, FUNDER.as_array());
        put_i64(&mut fields, deposit::ENDED_AT, 1_000);
        fields
    }

    #[test]
    fn only_ended_deposits_disappear_and_only_after_a_week() {
        for state in [DEPOSIT_PAID, DEPOSIT_REFUNDED, DEPOSIT_CANCELLED] {
            assert_eq!(require_closable(&ended(state), &FUNDER, 1_000 + 604_799), Err(EscrowError::TooEarly));
            assert_eq!(require_closable(&ended(state), &FUNDER, 1_000 + 604_800), Ok(1));
        }
        for state in [0, DEPOSIT_FUNDED, DEPOSIT_AWARDED, 9] {
            assert_eq!(require_closable(&ended(state), &FUNDER, i64::MAX), Err(EscrowError::StateWrong));
        }
        assert_eq!(require_closable(&ended(DEPOSIT_PAID), &Address::new_from_array([2; 32]), i64::MAX), Err(EscrowError::FunderWrong));
    }
}
