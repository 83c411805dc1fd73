using System.Net.Sockets;
using Akka.Actor;
using Akka.Actor.Setup;
using Multiproc.Cluster.Admission;
using Multiproc.Cluster.Nodes;
using Multiproc.Transport.Tcp;

namespace Multiproc.Cluster.Operating;

/// <summary>Asks a running node from outside: an actor system that is no member, with the key of the cluster. Made for one question.</summary>
internal sealed class OperatorClient(string cluster, string node, ReadOnlyMemory<byte> authKey, TimeSpan patience)
{
    /// <exception cref="AuthenticationException">The node has another key.</exception>
    /// <exception cref="ConnectionLostException">There is no node.</exception>
    /// <exception cref="MultiprocTimeoutException">The node does not answer.</exception>
    /// <exception cref="MultiprocException">The node says why it does not do it.</exception>
    public async Task<FromOperator> AskAsync(ToOperator question)
    {
        var (host, port) = SeedVisit.Parse(node);
        var certificate = KeyCertificate.For(authKey.Span);
        await RequireNodeAsync(host, port, certificate).ConfigureAwait(false);

        // A name of its own: nodes tell systems apart by name and address, and that of another machine may be the same.
        var system = ActorSystem.Create($"operator-{Guid.NewGuid():N}", ActorSystemSetup.Create(
            BootstrapSetup.Create().WithConfig(ClusterConfig.MakeForOperator()), ClusterConfig.Tls(certificate)));
        try
        {
            var address = new Address(SeedVisit.AddressProtocol, cluster, host, port);
            var answer = await system.ActorSelection(new RootActorPath(address) / "user" / OperatorActor.Name)
                .Ask<FromOperator>(question, patience).ConfigureAwait(false);
            return answer is FromOperator.Failed failed ? throw new MultiprocException(failed.Reason) : answer;
        }
        catch (AskTimeoutException late)
        {
            throw new MultiprocTimeoutException(
                $"{node} did not answer within {patience.TotalSeconds} s, although it has the key: it is busy, or its cluster has another "
                + $"name than '{cluster}'.",
                late);
        }
        finally
        {
            await system.Terminate().WaitAsync(patience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task RequireNodeAsync(string host, int port, System.Security.Cryptography.X509Certificates.X509Certificate2 certificate)
    {
        using var limit = new CancellationTokenSource(patience);
        try
        {
            if (!await SeedVisit.HasSameKeyAsync(host, port, certificate, limit.Token).ConfigureAwait(false))
            {
                throw new AuthenticationException($"{node} has another AuthKey: give the key file of its cluster.");
            }
        }
        catch (Exception failure) when (failure is SocketException or IOException or OperationCanceledException
            or System.Security.Authentication.AuthenticationException)
        {
            throw new ConnectionLostException(
                $"{node} cannot be reached ({failure.Message}): is a node running there, and its port open to this machine?", failure);
        }
    }
}
