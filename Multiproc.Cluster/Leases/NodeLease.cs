using Multiproc.States;

namespace Multiproc.Cluster.Leases;

/// <summary>
/// The lease of this node: while it is held, no owner of an object gives away what processes of this node hold. Pure. It is renewed in the storage, and counts
/// from the moment at which the renewal was sent; when another node has taken the entry away, no renewal succeeds any more.
/// </summary>
internal class NodeLease
{
    private Instant _until = new(0);
    private Instant _promised = new(0);

    /// <summary>Whether it ended for good.</summary>
    public bool IsOver { get; private set; }

    /// <summary>A renewal that was sent at a moment has succeeded.</summary>
    /// <param name="sent">Before the renewal was sent.</param>
    /// <param name="answered">When its answer came: says nothing.</param>
    public virtual void Renewed(Instant sent, Instant answered)
    {
        var until = new Instant(sent.Ticks + LeaseTimes.Lasts.Ticks);
        if (!IsOver && until > _until)
        {
            _until = until;
        }
    }

    /// <summary>The entry was taken away, or this node leaves.</summary>
    public virtual void End()
    {
        IsOver = true;
        _until = new Instant(0);
    }

    /// <summary>The time that is left.</summary>
    public TimeSpan HeldFor(Instant now) => TimeSpan.FromTicks(Math.Max(0, _until.Ticks - now.Ticks));

    /// <summary>Tells another process the time that is left: it acts upon it until then, whatever happens here.</summary>
    public TimeSpan Promise(Instant now)
    {
        if (_until > _promised)
        {
            _promised = _until;
        }

        return HeldFor(now);
    }

    /// <summary>
    /// Whether nobody acts upon the lease any more, so that nobody need wait for its time. Those who were promised time count it by clocks of their own, which
    /// may be slower than that of this node.
    /// </summary>
    public virtual bool CanBeGivenUp(Instant now) => IsOver && (_promised.Ticks == 0 || now.Ticks >= _promised.Ticks + LeaseTimes.ForRates.Ticks);
}
