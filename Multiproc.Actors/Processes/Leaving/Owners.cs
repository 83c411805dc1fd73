using System.Runtime.CompilerServices;

namespace Multiproc.Processes.Leaving;

/// <summary>Holds finalizers that wait for the collection of an object, without keeping it alive.</summary>
internal static class Owners
{
    private static readonly ConditionalWeakTable<object, Waiting> s_waiting = [];

    public static void Attach(object owner, Finalizer finalizer) => s_waiting.GetValue(owner, static _ => new Waiting()).Add(finalizer);

    /// <summary>Reachable only from its owner, so it is finalized when the owner has been collected.</summary>
    private sealed class Waiting
    {
        private readonly Lock _gate = new();
        private readonly List<Finalizer> _finalizers = [];

        ~Waiting()
        {
            // The newest comes first, as at the end of the process.
            for (int i = _finalizers.Count - 1; i >= 0; i--)
            {
                Finalizers.Run(_finalizers[i]);
            }
        }

        public void Add(Finalizer finalizer)
        {
            lock (_gate)
            {
                _finalizers.RemoveAll(static each => !each.StillActive);
                _finalizers.Add(finalizer);
            }
        }
    }
}
