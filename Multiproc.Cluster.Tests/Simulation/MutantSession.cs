using System.Diagnostics.CodeAnalysis;
using Multiproc.Cluster.Entities;
using Multiproc.Cluster.Sessions;

namespace Multiproc.Cluster.Tests.Simulation;

/// <summary>Sessions with a fault.</summary>
internal static class MutantSession
{
    public sealed class HighWaterMark(SessionId id) : Session(id)
    {
        private ToEntity.Submit? _next;

        public override void Hold(ToEntity.Submit submit) => _next = submit.Number > Taken ? submit : null;

        public override bool TryTake([MaybeNullWhen(false)] out ToEntity.Submit next)
        {
            (next, _next) = (_next, null);
            Taken = next?.Number ?? Taken;
            return next is not null;
        }
    }

    public sealed class NoDeduplication(SessionId id) : Session(id)
    {
        private ToEntity.Submit? _next;

        public override void Hold(ToEntity.Submit submit) => _next = submit;

        public override bool TryTake([MaybeNullWhen(false)] out ToEntity.Submit next)
        {
            (next, _next) = (_next, null);
            Taken = Math.Max(Taken, next?.Number ?? 0);
            return next is not null;
        }
    }

    /// <summary>Knows after a replay what is done, but not that it was done: as if the journal had the states without the sessions.</summary>
    public sealed class Forgetful(SessionId id, Func<bool> isLive) : Session(id)
    {
        private long _begun = -1;

        public override void Hold(ToEntity.Submit submit)
        {
            if (_begun < 0)
            {
                // The first that comes is believed to be the next.
                _begun = submit.Number;
                Taken = submit.Number - 1;
            }

            base.Hold(submit);
        }

        public override void Apply(long number, long floor)
        {
            if (isLive())
            {
                base.Apply(number, floor);
            }
        }
    }
}
