using Akka.Actor;
using Multiproc;

namespace ActorTests;

internal sealed record Deposit(int Amount);

internal sealed record Balance(int Amount);

/// <summary>What is tested: an account, which notes each deposit in a shared dictionary, so that the next process goes on where one has died.</summary>
internal sealed class Account(DictionaryProxy<string, int> ledger, string name) : UntypedActor
{
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Deposit { Amount: < 0 }:
                throw new ArgumentException("An account takes no negative deposit.");
            case Deposit deposit:
                ledger.AddOrUpdate(name, deposit.Amount, amount => amount + deposit.Amount);
                Sender.Tell(new Balance(ledger[name]));
                break;
        }
    }
}
