using Multiproc.Cluster.Leases;
using Multiproc.States;

namespace Multiproc.Cluster.Tests.Leases;

/// <summary>Leases as conversations with the storage, in seconds.</summary>
public sealed class LeaseTests
{
    private readonly NodeLease _lease = new();
    private readonly LeaseEnds _ends = new();

    [Fact]
    public void Lease_CountsFromTheMomentItsRenewalWasSent()
    {
        Held(0).ShouldBe(0);
        _lease.Renewed(sent: At(10), answered: At(12));
        Held(12).ShouldBe(1);
        Held(13).ShouldBe(0);

        // An answer that comes late does not shorten it.
        _lease.Renewed(sent: At(13), answered: At(13));
        _lease.Renewed(sent: At(11), answered: At(14));
        Held(14).ShouldBe(2);
    }

    [Fact]
    public void Lease_ThatHasEnded_IsNeverRenewed_AndIsGivenUpWhenNobodyActsUponIt()
    {
        _lease.Renewed(At(10), At(10));
        _lease.Promise(At(11)).TotalSeconds.ShouldBe(2);
        _lease.CanBeGivenUp(At(11)).ShouldBeFalse("it is held");
        _lease.End();
        _lease.Renewed(At(12), At(12));
        Held(12).ShouldBe(0);
        _lease.CanBeGivenUp(At(12)).ShouldBeFalse("a child acts upon it");
        _lease.CanBeGivenUp(At(13)).ShouldBeFalse("the child's clock may be slower");
        _lease.CanBeGivenUp(At(14)).ShouldBeTrue();
    }

    [Fact]
    public void End_OfALeaseThatWasSilent_CountsFromItsLastRenewal()
    {
        See(At(100), renewals: 7);
        See(At(101), renewals: 8);
        See(At(103), renewals: 8);
        _ends.Took("x", new LeaseEntry(8, IsTaken: true, IsGivenUp: false), At(104));
        Left(104).ShouldBe(1);
        Left(105).ShouldBe(0);
    }

    [Fact]
    public void End_OfALeaseThatWasRenewedSince_CountsFromNow()
    {
        See(At(100), renewals: 7);
        _ends.Took("x", new LeaseEntry(8, IsTaken: true, IsGivenUp: false), At(104));
        Left(104).ShouldBe(4);

        // Its node has heard of it, and holds nothing any more.
        _ends.Saw(new Dictionary<string, LeaseEntry> { ["x"] = new(8, IsTaken: true, IsGivenUp: true) }, At(105));
        Left(105).ShouldBe(0);
    }

    [Fact]
    public void End_OfALeaseOfWhichNothingIsKnown_TakesItsWholeTime()
    {
        See(At(100), renewals: 7);
        _ends.Took("x", entry: null, At(110));
        Left(110).ShouldBe(4);
        _ends.Took("y", new LeaseEntry(1, IsTaken: true, IsGivenUp: true), At(110));
        _ends.LeftOf("y", At(110)).ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void Entry_ThatWasTakenAwayLongAgo_IsRemoved()
    {
        See(At(100), renewals: 7);
        See(At(200), renewals: 7).ShouldBeEmpty("it is held still: its node may be stopped");
        See(At(210), renewals: 7, isTaken: true).ShouldBe(["x"]);
    }

    private static Instant At(double seconds) => new((long)(seconds * TimeSpan.TicksPerSecond));

    private double Held(double at) => _lease.HeldFor(At(at)).TotalSeconds;

    private double Left(double at) => _ends.LeftOf("x", At(at)).TotalSeconds;

    private IReadOnlyList<string> See(Instant now, long renewals, bool isTaken = false) =>
        _ends.Saw(new Dictionary<string, LeaseEntry> { ["x"] = new(renewals, isTaken, IsGivenUp: false) }, now);
}
