using System.Net;
using System.Net.Sockets;
using Multiproc.Transport.Tcp;

namespace Multiproc.Tests.Transport;

/// <summary>Strangers that begin a handshake properly and go on badly. MULTIPROC_FUZZ_SECONDS makes it long, MULTIPROC_FUZZ_SEED another one.</summary>
internal static class HandshakeFuzz
{
    public static double Seconds => double.Parse(Environment.GetEnvironmentVariable("MULTIPROC_FUZZ_SECONDS") ?? "0.5");

    public static int Seed => int.Parse(Environment.GetEnvironmentVariable("MULTIPROC_FUZZ_SEED") ?? "20260731");

    /// <returns>How many came; none of them was let in.</returns>
    public static int Run(IPEndPoint door, LinkSecurity security)
    {
        var random = new Random(Seed);
        long begun = Environment.TickCount64;
        int rounds = 0;
        for (; Environment.TickCount64 - begun < Seconds * 1000; rounds++)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Connect(door);
            socket.SendTimeout = socket.ReceiveTimeout = 5000;
            try
            {
                using var stream = new NetworkStream(socket, ownsSocket: false);
                Speak(stream, security, random);
                socket.Shutdown(SocketShutdown.Send);
                while (stream.Read(new byte[512]) > 0)
                {
                }
            }
            catch (Exception refused) when (refused is IOException or SocketException or AuthenticationException or ConnectionLostException
                or MultiprocTimeoutException)
            {
                // That is what a door is for.
            }
        }

        return rounds;
    }

    private static void Speak(Stream stream, LinkSecurity security, Random random)
    {
        switch (random.Next(4))
        {
            case 0:
                stream.Write(Noise(random, random.Next(1, 400)));
                break;
            case 1: // The header of a TLS record, and something else inside.
                byte[] inside = Noise(random, random.Next(1, 600));
                stream.Write([22, 3, (byte)random.Next(5), (byte)(inside.Length >> 8), (byte)inside.Length, .. inside]);
                break;
            case 2: // A right nonce and a wrong proof, with or without TLS around.
                var secured = security.AsConnector(stream, "127.0.0.2").Stream;
                secured.Write(Noise(random, 32));
                secured.ReadExactly(new byte[64]);
                secured.Write(Noise(random, 32));
                break;
            default:
                var cut = security.AsConnector(stream, "127.0.0.2").Stream;
                cut.Write(Noise(random, random.Next(1, 97)));
                break;
        }
    }

    private static byte[] Noise(Random random, int size)
    {
        byte[] noise = new byte[size];
        random.NextBytes(noise);
        return noise;
    }
}
