using Multiproc.Serialization;

namespace Multiproc.Objects.Barriers;

/// <summary>The action of a barrier: here a delegate, elsewhere the copy that came with the barrier, unpacked when it is first run.</summary>
internal sealed class BarrierAction
{
    private readonly Lock _gate = new();
    private Action? _action;
    private Payload? _packed;
    private bool _packing;

    public BarrierAction(Action action) => _action = action;

    private BarrierAction(Payload packed) => _packed = packed;

    public void Run()
    {
        lock (_gate)
        {
            _action ??= Serializer.Unpack<Action>(_packed!.Value);
        }

        _action();
    }

    public static void Write(BarrierAction? action, WireWriter writer) => writer.Payload(action?.Packed() ?? Payload.Empty);

    public static BarrierAction? ReadFrom(ref WireReader reader)
    {
        var packed = reader.Payload();
        return packed.Length == 0 ? null : new BarrierAction(packed);
    }

    /// <summary>Packed once: all that the action captures is sent as it was when the barrier was first sent.</summary>
    private Payload Packed()
    {
        lock (_gate)
        {
            if (_packing)
            {
                throw new SerializationException("The action of a barrier uses the barrier itself: it would have to be sent inside itself. Let the action use what it needs directly.");
            }

            _packing = true;
            try
            {
                return _packed ??= Serializer.Pack(_action!);
            }
            finally
            {
                _packing = false;
            }
        }
    }
}
