using System.Collections.Concurrent;
using System.Text;
using Multiproc.TestKit;

namespace Multiproc.Tests.UserCode;

/// <summary>Hears what this process says on stderr from now on. For children that run a part of a test.</summary>
internal sealed class Ear : TextWriter
{
    private readonly ConcurrentQueue<string> _heard = [];

    private Ear()
    {
    }

    public override Encoding Encoding => Encoding.UTF8;

    public static Ear Open()
    {
        var ear = new Ear();
        Console.SetError(ear);
        return ear;
    }

    public override void Write(char value) => Write($"{value}");

    public override void Write(string? value) => _heard.Enqueue(value ?? "");

    public override string ToString() => string.Concat(_heard);

    public void AwaitText(string text)
    {
        try
        {
            Await.Until($"'{text}' is told on stderr", () => ToString().Contains(text, StringComparison.Ordinal));
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"{late.Message} Told was: {this}", late);
        }
    }
}

/// <summary>An exception none of whose members can be asked.</summary>
internal sealed class MuteException : Exception
{
    public override string Message => throw new InvalidOperationException("no message");

    public override string? StackTrace => throw new InvalidOperationException("no stack");

    public override System.Collections.IDictionary Data => throw new InvalidOperationException("no data");

    public override string? HelpLink => throw new InvalidOperationException("no link");

    public override string ToString() => throw new InvalidOperationException("no text");
}

/// <summary>A handler of progress.</summary>
internal sealed class Handler(Action<PoolProgress> report) : IProgress<PoolProgress>
{
    public void Report(PoolProgress value) => report(value);
}
