using System.Text.Json;

namespace Multiproc.Peers.Calls;

/// <summary>A process that reads requests as lines of JSON from its standard input, and writes replies to its standard output.</summary>
internal sealed class JsonLinesPeer : IPeer
{
    public const string Kind = "json-lines";

    private readonly ServedProcess _process = new(Kind);

    public static async Task ServeAsync()
    {
        using var output = new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = false };
        using var input = new StreamReader(Console.OpenStandardInput());
        int count = 0;
        while (await input.ReadLineAsync().ConfigureAwait(false) is { } line)
        {
            var request = JsonSerializer.Deserialize<Request>(line)!;
            if (request.Message is not null)
            {
                count++;
                continue;
            }

            var reply = request.Text is { } text ? new Reply(text, 0) : new Reply(null, count);
            count = request.Text is null ? 0 : count;
            await output.WriteLineAsync(JsonSerializer.Serialize(reply)).ConfigureAwait(false);
            await output.FlushAsync().ConfigureAwait(false);
        }
    }

    public async ValueTask<string> CallAsync(string text) => (await AskAsync(new Request(text, null)).ConfigureAwait(false)).Text!;

    public async Task SendAsync(ReadOnlyMemory<byte> message, int count)
    {
        byte[] bytes = message.ToArray();
        _process.Input.AutoFlush = false;
        for (int i = 0; i < count; i++)
        {
            await _process.Input.WriteLineAsync(JsonSerializer.Serialize(new Request(null, bytes))).ConfigureAwait(false);
        }

        var reply = await AskAsync(new Request(null, null)).ConfigureAwait(false);
        if (reply.Count != count)
        {
            throw new InvalidOperationException($"Of {count} messages {reply.Count} came.");
        }
    }

    public ValueTask DisposeAsync()
    {
        _process.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<Reply> AskAsync(Request request)
    {
        await _process.Input.WriteLineAsync(JsonSerializer.Serialize(request)).ConfigureAwait(false);
        await _process.Input.FlushAsync().ConfigureAwait(false);
        string line = await _process.Output.ReadLineAsync().ConfigureAwait(false) ?? throw new InvalidOperationException("The other process ended.");
        return JsonSerializer.Deserialize<Reply>(line)!;
    }

    private sealed record Request(string? Text, byte[]? Message);

    private sealed record Reply(string? Text, int Count);
}
