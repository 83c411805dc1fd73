using System.Diagnostics;
using Multiproc.States;

namespace Multiproc.Peers;

/// <content>Calls of which nobody knows whether they were carried out.</content>
internal sealed partial class ObjectHandle
{
    /// <summary>Whether such a call is made again, instead of being told to its caller. Set before the handle is used.</summary>
    public bool RepeatsUnknown { get; set; }

    private Reply AskUntilKnown(IWireCommand command, CancellationToken cancellation)
    {
        long begun = Stopwatch.GetTimestamp();
        for (int tries = 0; ; tries++)
        {
            try
            {
                var reply = AskOnce(command, cancellation);
                if (reply.Status != ReplyStatus.OutcomeUnknown || !MayRepeat(command, tries, begun))
                {
                    return reply;
                }
            }
            catch (OutcomeUnknownException) when (MayRepeat(command, tries, begun))
            {
                // It is made again, over the next connection.
            }
        }
    }

    private async ValueTask<Reply> AskUntilKnownAsync(IWireCommand command, CancellationToken cancellation)
    {
        long begun = Stopwatch.GetTimestamp();
        for (int tries = 0; ; tries++)
        {
            try
            {
                var reply = await AskOnceAsync(command, cancellation).ConfigureAwait(false);
                if (reply.Status != ReplyStatus.OutcomeUnknown || !MayRepeat(command, tries, begun))
                {
                    return reply;
                }
            }
            catch (OutcomeUnknownException) when (MayRepeat(command, tries, begun))
            {
                // It is made again, over the next connection.
            }
        }
    }

    /// <summary>A token that fired meanwhile ends the next attempt by itself.</summary>
    private static bool MayRepeat(IWireCommand command, int tries, long begun) =>
        tries < MaxRepeats && !(command is ITimedCommand timed && timed.Timeout.IsOver(Stopwatch.GetElapsedTime(begun)));
}
