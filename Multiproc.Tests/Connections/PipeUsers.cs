namespace Multiproc.Tests.Connections;

/// <summary>Processes at the end of a pipe, and what they send.</summary>
internal static class PipeUsers
{
    public static ChildProcess Start<T>(Action<Connection, T> target, Connection end, T argument)
    {
        var process = Mp.Process(target, end, argument);
        process.Start();
        return process;
    }

    public static byte[] Message(int size, int seed)
    {
        byte[] message = new byte[size];
        new Random(seed).NextBytes(message);
        return message;
    }
}
