using Akka.Event;
using Multiproc.Processes.Logging;

namespace Multiproc.Actors;

/// <summary>Passes Akka's log events to the log of this library, without an actor of its own: the start of a system would have to wait for one.</summary>
internal sealed class AkkaLog : MinimalLogger
{
    protected override void Log(object message)
    {
        if (message is LogEvent logged)
        {
            ProcessLog.Current.Write(LevelOf(logged), LogEvents.ActorSystem, $"{logged.LogSource}: {logged.Message}", logged.Cause);
        }
    }

    private static Microsoft.Extensions.Logging.LogLevel LevelOf(LogEvent logged) => logged.LogLevel() switch
    {
        LogLevel.DebugLevel => Microsoft.Extensions.Logging.LogLevel.Debug,
        LogLevel.InfoLevel => Microsoft.Extensions.Logging.LogLevel.Information,
        LogLevel.WarningLevel => Microsoft.Extensions.Logging.LogLevel.Warning,
        _ => Microsoft.Extensions.Logging.LogLevel.Error,
    };
}
