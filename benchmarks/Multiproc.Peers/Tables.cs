using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Multiproc.Benchmarks;

namespace Multiproc.Peers;

/// <summary>Writes a table with what it was measured on.</summary>
internal static class Tables
{
    public static async Task WriteAsync(DirectoryInfo folder, string name, string title, string how, Func<StringBuilder, Task> measure)
    {
        string before = Machine.Load();
        var text = new StringBuilder();
        await measure(text).ConfigureAwait(false);
        string date = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        string file = Path.Combine(folder.FullName, $"{name}-{date}.md");
        await File.WriteAllTextAsync(file, $"""
            # {title}, {date}

            {Machine.Processor()}, {Environment.ProcessorCount} processors, {RuntimeInformation.OSDescription}. {RuntimeInformation.FrameworkDescription}.
            Load of the machine before and after: {before} and {Machine.Load()}.
            {how}

            {text}
            """).ConfigureAwait(false);
        Console.WriteLine(text);
        Console.WriteLine($"written: {file}");
    }
}
