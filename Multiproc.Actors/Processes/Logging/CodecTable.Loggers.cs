using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Multiproc.Processes.Logging;
using Multiproc.Serialization.Codecs;

namespace Multiproc.Serialization;

/// <content>Loggers of the program. Asked for by name, so that nobody loads the assembly of loggers who sends none.</content>
internal static partial class CodecTable
{
    private static partial Codec? FindLogger(Type type) =>
        type.GetInterface("Microsoft.Extensions.Logging.ILogger") is not null && type.Assembly != typeof(CodecTable).Assembly ? MakeLogger() : null;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static StandInCodec MakeLogger() => new(static logger => SentLoggers.FormOf((ILogger)logger));
}
