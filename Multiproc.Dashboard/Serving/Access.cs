using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;

namespace Multiproc.Dashboard.Serving;

/// <summary>
/// Who may see the dashboard. The token is sent once, in the body of a request; what the browser keeps is a session, in a cookie that no script can read and
/// that no other site's request carries.
/// </summary>
internal sealed class Access
{
    private const int TokenBytes = 32;

    private readonly byte[] _tokenHash;
    private readonly bool _usesAuthorization;

    /// <param name="options">The options, which were checked.</param>
    public Access(DashboardOptions options)
    {
        _usesAuthorization = options.UsesAuthorization;
        IsRandom = options.Token is null && !_usesAuthorization;
        Token = options.Token ?? Base64Url(RandomNumberGenerator.GetBytes(TokenBytes));
        _tokenHash = Hash(Token);
    }

    public string Token { get; }

    /// <summary>Whether nobody knows the token but this process.</summary>
    public bool IsRandom { get; }

    public Sessions Sessions { get; } = new(TimeProvider.System);

    /// <summary>Compares in constant time.</summary>
    public bool IsToken(string? given) => given is not null && !_usesAuthorization && CryptographicOperations.FixedTimeEquals(Hash(given), _tokenHash);

    /// <summary>Whether a request may see data.</summary>
    public bool Admits(HttpContext context) => _usesAuthorization
        ? context.GetEndpoint()?.Metadata.GetMetadata<IAuthorizeData>() is not null // Then the application's middleware has let it through.
        : Sessions.IsOpen(context.Request.Cookies[CookieOf(context)]);

    /// <summary>Opens a session for a browser that has shown the token.</summary>
    public void SignIn(HttpContext context) => context.Response.Cookies.Append(CookieOf(context), Sessions.Open(), new CookieOptions
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Strict,
        Secure = context.Request.IsHttps,
        IsEssential = true,
        Path = context.Request.PathBase.Add(Directory(context.Request.Path)),
    });

    /// <summary>Cookies of one host name are shared by all of its ports, so each has a name of its own.</summary>
    private static string CookieOf(HttpContext context) => $"multiproc-dashboard-{context.Connection.LocalPort}";

    private static PathString Directory(PathString path) => path.Value is { } text && text.LastIndexOf('/') is > 0 and var end ? text[..end] : "/";

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    private static string Base64Url(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');
}
