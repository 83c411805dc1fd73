using System.Buffers;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Multiproc.Dashboard.Collecting;

namespace Multiproc.Dashboard.Serving;

/// <summary>
/// Sends snapshots to a browser as server-sent events. The next one is taken when the last one has left, so a slow browser gets fewer of them; one that takes
/// none for half a minute is disconnected, and connects again by itself.
/// </summary>
internal static class EventStream
{
    private static readonly TimeSpan s_longestWrite = TimeSpan.FromSeconds(30);

    public static async Task SendAsync(HttpContext context, Observatory.Viewer viewer, CancellationToken stopping)
    {
        context.Response.ContentType = "text/event-stream";
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        try
        {
            while (true)
            {
                var (number, json) = await viewer.TakeAsync(end.Token).ConfigureAwait(false);
                using var write = CancellationTokenSource.CreateLinkedTokenSource(end.Token);
                write.CancelAfter(s_longestWrite);
                var output = context.Response.BodyWriter;
                Write(output, string.Create(CultureInfo.InvariantCulture, $"id: {number}\ndata: "));
                output.Write(json);
                Write(output, "\n\n");
                await output.FlushAsync(write.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The browser has left, does not read, or the program ends.
            context.Abort();
        }
    }

    private static void Write(IBufferWriter<byte> output, string text) => Encoding.UTF8.GetBytes(text, output);
}
