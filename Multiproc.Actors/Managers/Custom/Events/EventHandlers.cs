using System.Reflection;
using Multiproc.Processes;

namespace Multiproc.Managers;

/// <summary>
/// Event handlers of other processes, added to the events of a user's object. Events are sent to them in order, without waiting for handlers that return
/// nothing. A handler whose process is gone is removed.
/// </summary>
internal sealed class EventHandlers(object target)
{
    private readonly Lock _gate = new();
    private readonly List<(string Event, Callback Callback, Delegate Handler)> _all = [];

    /// <summary>Creates the local delegate that stands for a remote handler.</summary>
    public Delegate Add(ExposedMethod add, Callback callback)
    {
        var type = add.ParameterTypes[0];
        Delegate? handler = null;
        handler = CallbackDelegates.ReturnTypeOf(type) == typeof(void)
            ? CallbackDelegates.Make(type, arguments =>
            {
                Raise(callback, arguments, () => Lose(add, callback, handler!));
                return null;
            })
            : (Delegate)callback.As(type);
        lock (_gate)
        {
            _all.Add((EventAccessors.EventOf(add.Name), callback, handler));
        }

        return handler;
    }

    /// <summary>Returns the local delegate that stood for the handler; null if there was none.</summary>
    public Delegate? Remove(string accessor, Callback callback)
    {
        lock (_gate)
        {
            int at = _all.FindIndex(each => each.Event == EventAccessors.EventOf(accessor) && each.Callback.IsSame(callback));
            if (at < 0)
            {
                return null;
            }

            var handler = _all[at].Handler;
            _all.RemoveAt(at);
            return handler;
        }
    }

    private void Raise(Callback callback, object?[] arguments, Action lost)
    {
        for (int i = 0; i < arguments.Length; i++)
        {
            // The sender is not sent, since the receiver knows by which proxy it listens; and EventArgs.Empty is restored there.
            arguments[i] = ReferenceEquals(arguments[i], target) || ReferenceEquals(arguments[i], EventArgs.Empty) ? null : arguments[i];
        }

        try
        {
            callback.Tell(arguments);
        }
        catch (ConnectionLostException)
        {
            lost();
        }
    }

    private void Lose(ExposedMethod add, Callback callback, Delegate handler)
    {
        Remove(add.Name, callback);

        // A remove accessor that throws must not affect the code that raised the event.
        var type = target.GetType();
        string name = EventAccessors.EventOf(add.Name);
        UserCode.Run($"The removal of a handler of {type.Name}.{name}", () => type.GetInterfaces().Prepend(type)
            .Select(each => each.GetEvent(name, BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
            .FirstOrDefault(static found => found is not null)?.GetRemoveMethod(nonPublic: true)?.Invoke(target, [handler]));
    }
}
