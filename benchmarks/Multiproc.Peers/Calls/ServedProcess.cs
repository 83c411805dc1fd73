using System.Diagnostics;

namespace Multiproc.Peers.Calls;

/// <summary>This program again, as the other side of a peer. It ends when its standard input does, so none is left behind.</summary>
internal sealed class ServedProcess : IDisposable
{
    public const string Command = "serve";

    private readonly Process _process;

    public ServedProcess(string kind, string address = "")
    {
        string self = Environment.ProcessPath!;
        string[] program = Path.GetFileNameWithoutExtension(self) == "dotnet" ? [typeof(ServedProcess).Assembly.Location] : [];
        _process = Process.Start(new ProcessStartInfo(self, [.. program, Command, kind, address])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
    }

    public StreamWriter Input => _process.StandardInput;

    public StreamReader Output => _process.StandardOutput;

    /// <summary>Reads what the other side says when it can be called.</summary>
    public async Task<string> ReadyAsync() =>
        await Output.ReadLineAsync().ConfigureAwait(false) ?? throw new InvalidOperationException("The other process ended before it was ready.");

    public void Dispose()
    {
        Input.Close();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(10)))
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    /// <summary>In the other process: says that it can be called, and waits for the end.</summary>
    public static async Task ServeUntilEndAsync(string ready = "ready")
    {
        await Console.Out.WriteLineAsync(ready).ConfigureAwait(false);
        while (await Console.In.ReadLineAsync().ConfigureAwait(false) is not null)
        {
        }
    }

    /// <summary>A path for a socket or a file that no other run uses.</summary>
    public static string NewPath() => Path.Combine(Path.GetTempPath(), $"peer-{Guid.NewGuid():N}");
}
