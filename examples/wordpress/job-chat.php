<?php
/**
 * Plugin Name: Job chat
 * Description: Shows the jobseeker assistant with the shortcode [job_chat]. Attributes: language="zh-Hant|zh-Hans|en", height="42rem".
 * Version: 1.0.0
 * Requires PHP: 7.4
 * License: Apache-2.0
 *
 * Set the service's address in wp-config.php: define('JOB_CHAT_URL', 'https://jobs.example.org');
 */

if (!defined('ABSPATH')) {
    exit; // called by WordPress only
}

/** The service's address without a slash at the end, or '' where none is set or it is not a web address. */
function job_chat_url(): string
{
    $url = defined('JOB_CHAT_URL') ? rtrim((string) JOB_CHAT_URL, '/') : '';
    return preg_match('#^https?://[^\s/"\'<>]+(/[^\s"\'<>]*)?$#', $url) ? $url : '';
}

/** [job_chat]: the element; the script is loaded once per page and only where it is used. */
function job_chat_shortcode($attributes = []): string
{
    $url = job_chat_url();
    if ($url === '') {
        return current_user_can('manage_options')
            ? '<p>' . esc_html('Job chat: set JOB_CHAT_URL in wp-config.php to the address of the service.') . '</p>'
            : '';
    }
    $given = shortcode_atts(['language' => '', 'height' => ''], $attributes, 'job_chat');
    $language = in_array($given['language'], ['zh-Hant', 'zh-Hans', 'en'], true) ? $given['language'] : '';
    $height = preg_match('/^\d{1,4}(\.\d+)?(px|rem|em|vh)$/', $given['height']) ? $given['height'] : '';
    wp_enqueue_script('job-chat', $url . '/job-chat.js', [], null, true);
    return '<job-chat base-url="' . esc_attr($url) . '"'
        . ($language === '' ? '' : ' language="' . esc_attr($language) . '"')
        . ($height === '' ? '' : ' style="height:' . esc_attr($height) . '"')
        . '></job-chat>';
}

/** The script is a module; WordPress writes an ordinary script tag. */
function job_chat_as_module(string $tag, string $handle): string
{
    return $handle === 'job-chat' ? preg_replace('/<script\b(?![^>]*\btype=)/', '<script type="module"', $tag) : $tag;
}

add_shortcode('job_chat', 'job_chat_shortcode');
add_filter('script_loader_tag', 'job_chat_as_module', 10, 2);
