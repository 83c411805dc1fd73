using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Akka.Actor;
using Multiproc.Transport.Tcp;

namespace Multiproc.Cluster.Admission;

/// <summary>
/// Looks what is at the address of a seed, and asks it. First by a connection of its own, which ends with the handshake: Akka's says too little of a key that
/// differs. The handshake goes to its end although the other's certificate is wrong, so that the other one also sees ours; nothing is sent over it.
/// </summary>
internal sealed class SeedVisit(ActorSystem system, X509Certificate2 certificate, NodePapers papers)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    public static (string Host, int Port) Parse(string seed)
    {
        int colon = seed.LastIndexOf(':');
        return colon > 0 && int.TryParse(seed.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port)
            && port is > 0 and <= ushort.MaxValue
            ? (seed[..colon], port)
            : throw new ArgumentException($"'{seed}' is no address of a node: write host:port.");
    }

    public async Task<SeedAnswer> AskAsync(string seed, CancellationToken cancellation)
    {
        var (host, port) = Parse(seed);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(s_patience);
        try
        {
            if (!await HasSameKeyAsync(host, port, certificate, limit.Token).ConfigureAwait(false))
            {
                return new SeedAnswer(seed, SeedState.Stranger, "has another AuthKey");
            }

            var name = new Address(AddressProtocol, system.Name, host, port);
            var answer = await system.ActorSelection(new RootActorPath(name) / "user" / AdmissionActor.Name)
                .Ask<AdmissionAnswer>(new AdmissionQuestion(papers), limit.Token).ConfigureAwait(false);
            return answer switch
            {
                { Problem: not "" } => new SeedAnswer(seed, SeedState.Refuses, answer.Problem),
                { IsMember: false } => new SeedAnswer(seed, SeedState.Waits, "is in no cluster itself yet"),
                _ => new SeedAnswer(seed, SeedState.Welcomes, "is in the cluster"),
            };
        }
        catch (Exception failure) when (failure is SocketException or IOException or System.Security.Authentication.AuthenticationException)
        {
            return new SeedAnswer(seed, SeedState.Silent, $"cannot be reached ({failure.Message})");
        }
        catch (Exception late) when (late is OperationCanceledException or AskTimeoutException && !cancellation.IsCancellationRequested)
        {
            return new SeedAnswer(
                seed, SeedState.Silent, $"did not answer within {s_patience.TotalSeconds} s as a node of a cluster with the name '{system.Name}'");
        }
    }

    public const string AddressProtocol = "akka.ssl.tcp";

    public static async Task<bool> HasSameKeyAsync(string host, int port, X509Certificate2 certificate, CancellationToken cancellation)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(host, port, cancellation).ConfigureAwait(false);
        bool isSame = false;
        var tls = new SslStream(socket.GetStream(), leaveInnerStreamOpen: false, (_, other, _, _) =>
        {
            isSame = KeyCertificate.IsSame(certificate, other);
            return true;
        });
        await using var _ = tls.ConfigureAwait(false);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host, ClientCertificates = [certificate] }, cancellation)
            .ConfigureAwait(false);
        if (!isSame)
        {
            await AwaitHangUpAsync(tls, cancellation).ConfigureAwait(false);
        }

        return isSame;
    }

    /// <summary>
    /// A connection that ends right after our half of the handshake can end the other's before it has looked at our certificate, and then its log tells nobody
    /// why. It hangs up as soon as it has looked.
    /// </summary>
    private static async Task AwaitHangUpAsync(SslStream tls, CancellationToken cancellation)
    {
        try
        {
            var ignored = new byte[256];
            while (await tls.ReadAsync(ignored, cancellation).ConfigureAwait(false) > 0)
            {
            }
        }
        catch (Exception ended) when (ended is IOException or OperationCanceledException)
        {
            // Reset, or no node at all and patient: its certificate has told what there is to know.
        }
    }
}
