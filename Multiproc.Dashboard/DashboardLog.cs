using Microsoft.Extensions.Logging;

namespace Multiproc.Dashboard;

/// <summary>The records of the dashboard, in the category "Multiproc.Dashboard".</summary>
internal static partial class DashboardLog
{
    [LoggerMessage(7201, LogLevel.Information, "The dashboard of Multiproc is at {Addresses}")]
    public static partial void Open(ILogger log, string addresses);

    [LoggerMessage(7202, LogLevel.Warning, "The dashboard could not look at the program")]
    public static partial void LookFailed(ILogger log, Exception failure);

    [LoggerMessage(7203, LogLevel.Warning, "A request to the dashboard was refused: {Reason}")]
    public static partial void Refused(ILogger log, string reason);
}
