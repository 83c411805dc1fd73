using Multiproc.Peers.References;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.Barriers;

/// <summary>The action of a barrier: a delegate in the process that created the barrier, elsewhere a copy that is unpacked when it first runs.</summary>
/// <remarks>
/// A closure often captures the barrier itself, because it shares its variables with other lambdas of the method. That inner barrier is sent without its
/// action, which would have to be sent inside itself. So it cannot be waited for; in an action, such a wait would never end anyway.
/// </remarks>
internal sealed class BarrierAction
{
    private const byte None = 0;
    private const byte Packed = 1;
    private const byte Withheld = 2;

    [ThreadStatic]
    private static BarrierAction? s_running;

    /// <summary>The actions that this thread is packing, one inside the other.</summary>
    [ThreadStatic]
    private static List<BarrierAction>? s_packing;

    private readonly bool _isWithheld;
    private readonly Payload _packed;
    private Action? _action;

    public BarrierAction(Action action) => _action = action;

    private BarrierAction(Payload packed, bool isWithheld)
    {
        _packed = packed;
        _isWithheld = isWithheld;
    }

    /// <summary>Whether the caller is this action.</summary>
    public bool IsRunningHere => _isWithheld || s_running == this;

    public void Run()
    {
        // Without a lock: user code runs while the action is unpacked.
        var action = _action ?? Interlocked.CompareExchange(ref _action, Serializer.Unpack<Action>(_packed), null) ?? _action;
        s_running = this;
        try
        {
            action();
        }
        finally
        {
            s_running = null;
        }
    }

    public static void Write(BarrierAction? action, WireWriter writer)
    {
        if (action is null)
        {
            writer.Byte(None);
        }
        else
        {
            action.Write(writer);
        }
    }

    public static BarrierAction? ReadFrom(ref WireReader reader)
    {
        byte form = reader.Byte();
        return form switch
        {
            None => null,
            Packed => new BarrierAction(reader.Payload(), isWithheld: false),
            Withheld => new BarrierAction(Payload.Empty, isWithheld: true),
            _ => throw new SerializationException($"Malformed barrier: {form} is not a form of its action."),
        };
    }

    private void Write(WireWriter writer)
    {
        var packing = s_packing ??= [];
        if (_isWithheld || packing.Contains(this))
        {
            writer.Byte(Withheld);
            return;
        }

        packing.Add(this);
        try
        {
            var packed = _packed.Length > 0 ? _packed : Serializer.Pack(_action!);
            writer.Byte(Packed);
            writer.Payload(packed);
        }
        finally
        {
            packing.RemoveAt(packing.Count - 1);
        }
    }
}
