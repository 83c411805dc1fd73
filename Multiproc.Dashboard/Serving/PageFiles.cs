using Microsoft.AspNetCore.Http;

namespace Multiproc.Dashboard.Serving;

/// <summary>The page and what belongs to it, which are resources of this assembly: nothing of them comes from elsewhere, and none has data in it.</summary>
internal static class PageFiles
{
    public const string Page = "index.html";

    /// <summary>The files by name, with their types.</summary>
    public static IReadOnlyDictionary<string, string> Types { get; } = new Dictionary<string, string>
    {
        [Page] = "text/html; charset=utf-8",
        ["dashboard.css"] = "text/css; charset=utf-8",
        ["dashboard.js"] = "text/javascript; charset=utf-8",
        ["icon.svg"] = "image/svg+xml",
    };

    public static async Task SendAsync(HttpContext context, string name)
    {
        using var file = typeof(PageFiles).Assembly.GetManifestResourceStream(name)!;
        context.Response.ContentType = Types[name];
        context.Response.ContentLength = file.Length;
        await file.CopyToAsync(context.Response.Body, context.RequestAborted).ConfigureAwait(false);
    }
}
