using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Multiproc.Serialization;

namespace Multiproc.Processes.Logging;

/// <summary>
/// The loggers of this process that were sent to others: captured by a lambda, say. What arrives there writes records that come back here. They are kept as
/// long as the process lives, since a child may log at any time; a program has few.
/// </summary>
internal static class SentLoggers
{
    /// <summary>Not the process id, which another machine may have, too.</summary>
    private static readonly long s_process = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long)));

    private static readonly ConditionalWeakTable<ILogger, IArrivesAs> s_forms = [];
    private static readonly ConcurrentDictionary<int, ILogger> s_loggers = [];
    private static int s_last;

    /// <summary>Gets the wire form of a logger, always the same one.</summary>
    public static IArrivesAs FormOf(ILogger logger) => s_forms.GetValue(logger, static sent =>
    {
        int number = Interlocked.Increment(ref s_last);
        s_loggers[number] = sent;
        return LoggerForm.Of(new LoggerAddress(s_process, number, LevelsOf(sent)), CategoryOf(sent.GetType()));
    });

    /// <summary>Finds a logger that this process has sent; null if it is of another process.</summary>
    public static ILogger? Find(LoggerAddress address) =>
        address.Process == s_process && s_loggers.TryGetValue(address.Number, out var logger) ? logger : null;

    private static byte LevelsOf(ILogger logger)
    {
        int levels = 0;
        for (var level = LogLevel.Trace; level < LogLevel.None; level++)
        {
            levels |= logger.IsEnabled(level) ? 1 << (int)level : 0;
        }

        return (byte)levels;
    }

    private static Type? CategoryOf(Type type) => System.Array.Find(
        type.GetInterfaces(), static each => each.IsGenericType && each.GetGenericTypeDefinition() == typeof(ILogger<>))?.GetGenericArguments()[0];
}
