using Multiproc.States;

namespace Multiproc.Cluster.Entities;

/// <summary>
/// The clock of an object: it goes on where the last record of the journal left it, whoever owns the object. Monotonic clocks of machines have nothing in
/// common, and wall clocks may be hours apart; so the time between two owners is not counted, and timeouts are longer by it.
/// </summary>
internal sealed class EntityClock
{
    private Instant _last = new(0);
    private Instant? _begun;
    private Instant _base;

    /// <summary>The latest instant that was noted or told.</summary>
    public Instant Last => _last;

    /// <summary>Notes the instant of a record.</summary>
    public void Pass(Instant recorded)
    {
        if (recorded > _last)
        {
            _last = recorded;
        }
    }

    /// <summary>Starts the clock, after the journal was read.</summary>
    public void Begin(Instant local) => (_begun, _base) = (local, _last);

    /// <summary>The object's time at an instant of the owner's clock; never goes back.</summary>
    public Instant At(Instant local)
    {
        Pass(new Instant(_base.Ticks + local.Ticks - _begun!.Value.Ticks));
        return _last;
    }

    /// <summary>The instant of the owner's clock at which the object's time will have come.</summary>
    public Instant ToLocal(Instant time) => time.IsNever ? time : new Instant(time.Ticks - _base.Ticks + _begun!.Value.Ticks);
}
