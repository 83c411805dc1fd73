using Multiproc.Processes;
using Multiproc.Transport;

namespace Multiproc.Connections;

/// <summary>
/// Runs the mutual authentication, in the order of each role, within the time granted to unauthenticated peers, and within that of the caller.
/// </summary>
internal static class Handshake
{
    public static void AsListener(Connection connection, byte[] key, CancellationToken cancellation) => Run(connection, Deadline.Never, cancellation, limit =>
    {
        Authentication.DeliverChallenge(connection, key, cancellation: limit);
        Authentication.AnswerChallenge(connection, key, limit);
    });

    public static void AsClient(
        Connection connection, byte[] key, Deadline deadline, CancellationToken cancellation) => Run(connection, deadline, cancellation, limit =>
    {
        Authentication.AnswerChallenge(connection, key, limit);
        Authentication.DeliverChallenge(connection, key, cancellation: limit);
    });

    public static ValueTask AsListenerAsync(
        Connection connection, byte[] key, CancellationToken cancellation) => RunAsync(connection, Deadline.Never, cancellation, async limit =>
    {
        await Authentication.DeliverChallengeAsync(connection, key, cancellation: limit).ConfigureAwait(false);
        await Authentication.AnswerChallengeAsync(connection, key, limit).ConfigureAwait(false);
    });

    public static ValueTask AsClientAsync(
        Connection connection, byte[] key, Deadline deadline, CancellationToken cancellation) => RunAsync(connection, deadline, cancellation, async limit =>
    {
        await Authentication.AnswerChallengeAsync(connection, key, limit).ConfigureAwait(false);
        await Authentication.DeliverChallengeAsync(connection, key, cancellation: limit).ConfigureAwait(false);
    });

    private static void Run(Connection connection, Deadline deadline, CancellationToken cancellation, Action<CancellationToken> steps)
    {
        using var limit = Begin(deadline, cancellation);
        try
        {
            steps(limit.Token);
        }
        catch (Exception failure)
        {
            connection.Dispose();
            if (Told(failure, deadline, cancellation) is { } told)
            {
                throw told;
            }

            throw;
        }
    }

    private static async ValueTask RunAsync(
        Connection connection, Deadline deadline, CancellationToken cancellation, Func<CancellationToken, ValueTask> steps)
    {
        using var limit = Begin(deadline, cancellation);
        try
        {
            await steps(limit.Token).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            connection.Dispose();
            if (Told(failure, deadline, cancellation) is { } told)
            {
                throw told;
            }

            throw;
        }
    }

    private static CancellationTokenSource Begin(Deadline deadline, CancellationToken cancellation)
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        WaitTimeout granted = Settings.Current.Connections.HandshakeTimeout;
        limit.CancelAfter(((WaitTimeout)deadline.RemainingAtMost(granted.Limit)).Milliseconds);
        return limit;
    }

    /// <summary>
    /// Translates failures: a connection closed during the handshake is no rejection, so it is reported as the end of the stream, as CPython does.
    /// </summary>
    private static Exception? Told(Exception failure, Deadline deadline, CancellationToken cancellation) => failure switch
    {
        OperationCanceledException when cancellation.IsCancellationRequested =>
            new OperationCanceledException("The authentication was cancelled.", failure, cancellation),
        OperationCanceledException when deadline.HasPassed => new MultiprocTimeoutException(
            "The other side accepted the connection, but did not authenticate within the call's timeout: it is stopped, very busy, or speaks another protocol.",
            failure),
        OperationCanceledException => new MultiprocTimeoutException(
            $"The other side did not authenticate within {Settings.Current.Connections.HandshakeTimeout.TotalSeconds:0.###} s: it is stopped, very busy, or "
                + "speaks another protocol.",
            failure),
        EndOfStreamException =>
            new EndOfStreamException("The other side closed the connection during authentication: it has ended, or asks for no key.", failure),
        _ => null,
    };
}
