using System.Reflection;
using Multiproc.Processes;

namespace Multiproc.Managers;

/// <summary>
/// Handlers of other processes at the events of a user's object. What is raised is sent to them in order; nobody waits for a handler that returns nothing. One whose
/// process is gone is removed.
/// </summary>
internal sealed class EventHandlers(object target)
{
    private readonly Lock _gate = new();
    private readonly List<(string Event, Callback Callback, Delegate Handler)> _all = [];

    /// <summary>The delegate that stands for a handler.</summary>
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

    /// <summary>The delegate that stood for it; null when there was none.</summary>
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
            // The sender stays here: its receiver knows by which proxy it listens. And Empty is made anew there.
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

        // Whoever raised the event is not to suffer from a remove accessor that throws.
        UserCode.Run($"The removal of a handler of {target.GetType().Name}.{EventAccessors.EventOf(add.Name)}", () => target.GetType().GetInterfaces().Prepend(target.GetType()).Select(type => type.GetEvent(EventAccessors.EventOf(add.Name), BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
            .FirstOrDefault(static found => found is not null)?.GetRemoveMethod(nonPublic: true)?.Invoke(target, [handler]));
    }
}
